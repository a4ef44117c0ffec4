//! `shiptally demo`: a ready site with the starter catalogue and one account per role, on this
//! machine only.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use chrono::Utc;

use super::{CliError, connect, users};
use crate::accounts::{Role, store};
use crate::catalogue::file::ImportError;
use crate::catalogue::{self, file};
use crate::config::ServeOptions;
use crate::db::DatabaseUrl;

/// Username, password and role of the demo's accounts, and what they may do; known to everybody, so the demo stays local.
const ACCOUNTS: [(&str, &str, Role, &str); 3] = [
    ("member", "ship-it-member", Role::Member, "votes, suggests tools, sends corrections"),
    ("moderator", "ship-it-moderator", Role::Moderator, "edits the catalogue and moderates votes, too"),
    ("admin", "ship-it-admin", Role::Admin, "assigns roles, changes settings, deletes records, too"),
];

/// A demo that is ready to be served.
pub struct Demo {
    pub database: DatabaseUrl,
    /// Held while the demo runs, so that `--fresh` never takes a running one's data away.
    running: File,
}

/// Makes the demo's database under `folder`, or takes up the one that is there.
pub fn prepare(folder: &Path, fresh: bool, options: &ServeOptions) -> Result<Demo, CliError> {
    if !options.bind.ip().is_loopback() {
        return Err(CliError::BadInput(vec![format!(
            "--bind: the demo's passwords are public, so it listens on this machine only, not on {}",
            options.bind
        )]));
    }
    let running = claim(folder)?;
    let file = folder.join("shiptally.db");
    if fresh {
        remove(&file)?;
    }
    let database = DatabaseUrl::Sqlite(file);
    let mut conn = connect(&database)?;
    let starter = file::parse(catalogue::STARTER).map_err(|problems| {
        CliError::Failed(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    match file::import(&mut conn, &starter, Utc::now().naive_utc(), |_, _| {}) {
        // Somebody renamed or merged what is in it: that stays as it is.
        Err(ImportError::Problems(problems)) => {
            tracing::warn!(problem = ?problems.first(), "the starter catalogue is not brought in again");
        }
        done => drop(done?),
    }
    for (handle, password, role, _) in ACCOUNTS {
        let known = store::find_by_login(&mut conn, handle)?;
        if known.is_none() {
            add(&database, handle, password, role)?;
        }
    }
    Ok(Demo { database, running })
}

impl Demo {
    /// What to do with a site at `address`, for the terminal.
    pub fn welcome(&self, address: &str) -> String {
        let accounts: String = ACCOUNTS
            .iter()
            .map(|(handle, password, _, may)| format!("    {handle:<11}{password:<19}{may}\n"))
            .collect();
        let head = format!("    {:<11}{:<19}what it may do\n", "username", "password");
        format!(
            "\n  Shiptally, ready to try\n\n    {address}\n\n  Sign in\n\n{head}{accounts}\n  Worth a look\n\n    \
             {address}/compare/code-llama-4-vs-smolvlm2-2b\n      Open it in two windows, vote in one, and watch the \
             other.\n    {address}/tools\n      All tools, sorted by votes or reviews.\n    \
             {address}/admin\n      Moderation: sign in as moderator first.\n\n  Ctrl+C stops the site; the data stays in data/demo \
             (--fresh starts anew).\n\n"
        )
    }

    /// Notes where the site is, for whoever starts another demo meanwhile. Without the note they are told less.
    pub fn note_address(&self, address: &str) {
        let _ = (&self.running).write_all(address.as_bytes());
    }
}

fn add(database: &DatabaseUrl, handle: &str, password: &str, role: Role) -> Result<(), CliError> {
    let wrong = |cause: &str| CliError::Failed(cause.to_owned());
    let email = format!("{handle}@localhost.localdomain").parse().map_err(wrong)?;
    let (handle, password) = (handle.parse().map_err(wrong)?, password.parse().map_err(wrong)?);
    users::create(database, &handle, &email, &password, role)
}

/// Makes the folder and claims it for this process.
fn claim(folder: &Path) -> Result<File, CliError> {
    let cannot = |cause: io::Error| {
        let place = folder.display();
        CliError::Failed(format!("{place}: {cause}; start the demo in a folder that you may write to"))
    };
    std::fs::create_dir_all(folder).map_err(cannot)?;
    let name = folder.join("running.lock");
    // Not emptied before it is ours: whoever has it noted an address in it.
    let file =
        File::options().read(true).write(true).create(true).truncate(false).open(&name).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => file.set_len(0).map(|()| file).map_err(cannot),
        Err(TryLockError::WouldBlock) => {
            let noted = std::fs::read_to_string(&name).unwrap_or_default();
            let at = if noted.starts_with("http") { format!(", at {noted}") } else { String::new() };
            Err(CliError::BadInput(vec![format!("a demo is already running on {}{at}", folder.display())]))
        }
        Err(TryLockError::Error(cause)) => Err(cannot(cause)),
    }
}

/// Removes a SQLite file and what belongs to it.
fn remove(file: &Path) -> Result<(), CliError> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Ok(()) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(CliError::Failed(format!("{}: {cause}", file.display()))),
        }
    }
    Ok(())
}
