//! `shiptally users`: adds accounts and changes roles.

use std::io::{IsTerminal, Read};

use super::{CliError, connect, connect_existing, settle};
use crate::accounts::store::{self, CreateError, NewAccount};
use crate::accounts::{Email, Handle, Password, Role};
use crate::db::DatabaseUrl;

/// An account to add, as it was typed.
#[derive(clap::Args)]
pub struct AddUser {
    /// Its username
    #[arg(long)]
    handle: String,
    /// Its email address, which counts as confirmed
    #[arg(long)]
    email: String,
    /// Its role
    #[arg(long)]
    role: Role,
    /// Read the password from stdin
    #[arg(long)]
    password_stdin: bool,
}

/// Adds an account, its address counting as confirmed.
pub fn add(database: &DatabaseUrl, new: &AddUser) -> Result<(), CliError> {
    let handle = new.handle.parse::<Handle>();
    let email = new.email.parse::<Email>();
    let (handle, email) = match (handle, email) {
        (Ok(handle), Ok(email)) => (handle, email),
        (handle, email) => {
            let lines = [
                handle.err().map(|text| format!("--handle: {text}")),
                email.err().map(|text| format!("--email: {text}")),
            ];
            return Err(CliError::BadInput(lines.into_iter().flatten().collect()));
        }
    };
    let password: Password =
        read_password(new.password_stdin)?.parse().map_err(|bad| bad_input(format!("password: {bad}")))?;
    create(database, &handle, &email, &password, new.role)?;
    eprintln!("added {handle} ({})", new.role.as_str());
    Ok(())
}

/// Makes the account.
pub(crate) fn create(
    database: &DatabaseUrl,
    handle: &Handle,
    email: &Email,
    password: &Password,
    role: Role,
) -> Result<(), CliError> {
    let password_hash = password.hash_now().map_err(CliError::Failed)?;
    let mut conn = connect(database)?;
    let account = NewAccount { handle, email, password_hash: &password_hash, role, verified: true };
    match store::create(&mut conn, &account) {
        Ok(_) => Ok(()),
        Err(CreateError::HandleTaken) => Err(bad_input(format!("--handle: {handle} is taken"))),
        Err(CreateError::EmailTaken) => {
            Err(bad_input(format!("--email: there is already an account with {}", email.as_str())))
        }
        Err(CreateError::Database(cause)) => Err(cause.into()),
    }
}

/// Gives an account another role.
pub fn role(database: &DatabaseUrl, handle: &str, role: Role) -> Result<(), CliError> {
    let mut conn = connect_existing(database)?;
    if store::set_role(&mut conn, handle, role)? {
        settle();
        eprintln!("{handle} is now {}", role.as_str());
        Ok(())
    } else {
        Err(bad_input(format!("no account has the username {handle:?}")))
    }
}

fn read_password(stdin: bool) -> Result<String, CliError> {
    if stdin {
        let mut text = String::new();
        std::io::stdin()
            .take(4096)
            .read_to_string(&mut text)
            .map_err(|cause| bad_input(format!("password: {cause}")))?;
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !std::io::stdin().is_terminal() {
        return Err(bad_input("no terminal to ask for the password: use --password-stdin".into()));
    }
    let first = rpassword::prompt_password("Password: ")?;
    if first != rpassword::prompt_password("Repeat password: ")? {
        return Err(bad_input("passwords do not match".into()));
    }
    Ok(first)
}

fn bad_input(line: String) -> CliError {
    CliError::BadInput(vec![line])
}
