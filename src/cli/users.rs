//! `shiptally users`: adds accounts and changes roles.

use std::io::{IsTerminal, Read};

use super::{CliError, connect, settle};
use crate::accounts::store::{self, CreateError, NewAccount};
use crate::accounts::{Email, Handle, Password, Role};
use crate::db::DatabaseUrl;

/// An account to add, as it was typed.
pub struct AddUser {
    pub handle: String,
    pub email: String,
    pub role: Role,
    /// Read the password from stdin rather than asking for it on the terminal.
    pub password_stdin: bool,
}

/// Adds an account, its address counting as confirmed.
///
/// # Errors
/// [`CliError::BadInput`] with a line for each field that is not acceptable.
pub fn add(database: &DatabaseUrl, new: &AddUser) -> Result<(), CliError> {
    let handle = new.handle.parse::<Handle>();
    let email = new.email.parse::<Email>();
    let (handle, email) = match (handle, email) {
        (Ok(handle), Ok(email)) => (handle, email),
        (handle, email) => {
            let line = |flag: &str, text: &str| format!("{flag}: {text}");
            let lines = [
                handle.err().map(|text| line("--handle", text)),
                email.err().map(|text| line("--email", text)),
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
    let password_hash = password.hash_now().map_err(|cause| CliError::failed(&cause))?;
    let mut conn = connect(database)?;
    let account = NewAccount { handle, email, password_hash: &password_hash, role, verified: true };
    match store::create(&mut conn, &account) {
        Ok(_) => Ok(()),
        Err(CreateError::HandleTaken) => Err(bad_input(format!("--handle: {handle} is taken"))),
        Err(CreateError::EmailTaken) => {
            Err(bad_input(format!("--email: there is already an account with {}", email.as_str())))
        }
        Err(CreateError::Database(cause)) => Err(CliError::failed(&cause)),
    }
}

/// Gives an account another role.
pub fn role(database: &DatabaseUrl, handle: &str, role: Role) -> Result<(), CliError> {
    let mut conn = connect(database)?;
    if store::set_role(&mut conn, handle, role).map_err(|cause| CliError::failed(&cause))? {
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
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(|cause| CliError::failed(&cause));
    let first = ask("Password: ")?;
    if first != ask("Repeat password: ")? {
        return Err(bad_input("passwords do not match".into()));
    }
    Ok(first)
}

fn bad_input(line: String) -> CliError {
    CliError::BadInput(vec![line])
}
