//! `shiptally users`: adds accounts and changes roles.

use std::io::{IsTerminal, Read};

use diesel::result::Error as DieselError;

use super::{CliError, connect, connect_existing};
use crate::accounts::store::{self, CreateError, NewAccount, RoleChange};
use crate::accounts::{Email, Handle, Password, Role};
use crate::config::SITE_NAME;
use crate::db::DatabaseUrl;
use crate::moderation::log::{self, Entry, Object};
use crate::moderation::verb::Verb;

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
    /// Name of the site, which no password contains
    #[arg(long, env = "SHIPTALLY_SITE_NAME", default_value = SITE_NAME, hide = true)]
    site_name: String,
}

/// Adds an account, its address counting as confirmed.
pub fn add(database: &DatabaseUrl, new: &AddUser) -> Result<(), CliError> {
    let handle = new.handle.parse::<Handle>().and_then(|handle| handle.for_role(new.role, &new.site_name));
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
    let password = read_password(new.password_stdin)?
        .parse::<Password>()
        .and_then(|password| password.fits(handle.as_str(), email.as_str(), &new.site_name))
        .map_err(|bad| bad_input(format!("password: {bad}")))?;
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
    let made = conn.write(|conn| {
        let id = store::insert(conn, &account)?;
        let entry = Entry {
            new_value: role.as_str(),
            ..Entry::new(Verb::Created, Object::Account, Some(id), handle.as_str())
        };
        Ok(log::write_as_operator(conn, &entry)?)
    });
    match made {
        Ok(()) => Ok(()),
        Err(CreateError::Database(cause)) => Err(cause.into()),
        Err(taken) => Err(bad_input(format!("--{}: {taken}", taken.field()))),
    }
}

/// Gives an account another role, as the log will say. The last admin stays one.
pub fn role(database: &DatabaseUrl, handle: &str, role: Role) -> Result<(), CliError> {
    let mut conn = connect_existing(database)?;
    let account = store::find_by_login(&mut conn, handle)?
        .ok_or_else(|| bad_input(format!("no account has the username {handle:?}")))?;
    let name = &account.handle;
    let change = conn.write(|conn| {
        let change = store::give_role(conn, account.id, role)?;
        if let RoleChange::From(old) = change {
            log::write_as_operator(conn, &log::role_changed(account.id, name, old, role))?;
        }
        Ok::<_, DieselError>(change)
    })?;
    if change == RoleChange::LastAdmin {
        return Err(bad_input(format!("{name} is the last admin: make another account an admin first")));
    }
    eprintln!("{name} is now {}", role.as_str());
    Ok(())
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
