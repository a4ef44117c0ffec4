//! `shiptally demo`: a ready site with the starter catalogue, one account per role and sample votes, on this machine only.

mod live;
mod recipe;
mod samples;
mod sent;

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use chrono::{Duration, Utc};
use diesel::prelude::*;
use url::{Host, Url};

use super::{CliError, connect, users};
use crate::accounts::{CurrentUser, Password, Role, store};
use crate::catalogue::file::{ImportError, ProblemList};
use crate::catalogue::{self, file};
use crate::config::ServeOptions;
use crate::db::schema::tools;
use crate::db::{DatabaseUrl, Db};
use crate::integrity::patterns;
use crate::votes::VoteQueue;

/// Username, password and role of the demo's accounts, and what they may do; known to everybody, so the demo stays local.
const ACCOUNTS: [(&str, &str, Role, &str); 3] = [
    ("member", "ship-it-member", Role::Member, "votes, suggests tools, sends corrections"),
    ("moderator", "ship-it-moderator", Role::Moderator, "edits the catalogue and moderates votes, too"),
    ("admin", "ship-it-admin", Role::Admin, "assigns roles, changes settings, deletes records, too"),
];

/// Why some settings are refused, as the beginning of a sentence about the demo.
const PUBLIC: &str = "the demo's passwords are known to everybody, so it";

/// What the demo can be asked for.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct DemoOptions {
    /// Start with a new database
    #[arg(long)]
    pub fresh: bool,
    /// Leave out the sample accounts and their votes, in a new database
    #[arg(long)]
    pub no_sample_votes: bool,
    /// Let sample accounts go on voting, so that figures move
    #[arg(long, conflicts_with = "no_sample_votes")]
    pub live: bool,
}

/// A demo that is ready to be served.
pub struct Demo {
    pub database: DatabaseUrl,
    /// Held while the demo runs, so that `--fresh` never takes a running one's data away.
    running: File,
    /// Who goes on voting while it runs.
    voters: Vec<i64>,
}

/// Makes the demo's database under `folder`, or takes up the one that is there, as it is.
pub fn prepare(folder: &Path, demo: DemoOptions, options: &ServeOptions) -> Result<Demo, CliError> {
    local_only(options)?;
    let running = claim(folder)?;
    let file = folder.join("shiptally.db");
    if demo.fresh {
        remove(&file)?;
    }
    let database = DatabaseUrl::Sqlite(file);
    let mut conn = connect(&database)?;
    // Where it was ready before, what was changed since stays so.
    if tools::table.count().get_result::<i64>(&mut conn)? == 0 {
        fill(&mut conn, &database, demo)?;
    }
    let voters = if demo.live { live::voters(&database)? } else { Vec::new() };
    Ok(Demo { database, running, voters })
}

/// Makes accounts and catalogue, and unless they are not wanted, samples of what a community does.
fn fill(conn: &mut Db, database: &DatabaseUrl, demo: DemoOptions) -> Result<(), CliError> {
    for (handle, password, role, _) in ACCOUNTS {
        let known = store::find_by_login(conn, handle)?;
        if known.is_none() {
            add(database, handle, password, role)?;
        }
    }
    let starter = file::parse(catalogue::STARTER).map_err(|problems| failed(&problems))?;
    let now = Utc::now().naive_utc();
    // Tools are there before anybody votes on them.
    let imported = if demo.no_sample_votes { now } else { now - Duration::days(recipe::DAYS + 5) };
    let done = file::import(conn, &starter, imported, |_, _| {});
    done.map_err(|cause| match cause {
        ImportError::Problems(problems) => failed(&problems),
        ImportError::Database(cause) => cause.into(),
    })?;
    if !demo.no_sample_votes {
        let moderator = store::find_by_login(conn, "moderator")?;
        let moderator = moderator.ok_or_else(|| CliError::Failed("there is no moderator".into()))?;
        let moderator = CurrentUser {
            id: moderator.id,
            handle: moderator.handle,
            role: Role::from_i16(moderator.role),
            new_answers: 0,
        };
        samples::make(conn, &moderator, now)?;
        sent::make(conn, &moderator, now)?;
        patterns::scan(conn, now)?;
    }
    Ok(())
}

fn failed(problems: &ProblemList) -> CliError {
    CliError::Failed(problems.lines().join("\n"))
}

/// Refuses settings under which others than this machine would be served.
fn local_only(options: &ServeOptions) -> Result<(), CliError> {
    let is_local = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let mut lines = Vec::new();
    if !options.bind.ip().is_loopback() {
        lines.push(format!(
            "SHIPTALLY_BIND (--bind): {PUBLIC} listens on this machine only, not on {}",
            options.bind
        ));
    }
    if let Some(url) = options.base_url.as_ref().filter(|url| !is_local(url)) {
        lines.push(format!(
            "SHIPTALLY_BASE_URL (--base-url): {PUBLIC} has an address of this machine only, not {url}"
        ));
    }
    if !options.trusted_proxies.0.is_empty() {
        lines.push(format!("SHIPTALLY_TRUSTED_PROXIES (--trusted-proxies): {PUBLIC} stands behind no proxy"));
    }
    if lines.is_empty() { Ok(()) } else { Err(CliError::BadInput(lines)) }
}

/// Refuses to serve a database in which somebody has a password of the demo.
pub fn refuse_known_passwords(database: &DatabaseUrl) -> Result<(), CliError> {
    let mut conn = database.connect().map_err(CliError::at(database))?;
    for (handle, password, ..) in ACCOUNTS {
        let password: Password =
            password.parse().map_err(|cause: &str| CliError::Failed(cause.to_owned()))?;
        if store::find_by_login(&mut conn, handle)?.is_some_and(|known| password.opens(&known.password_hash))
        {
            return Err(CliError::BadInput(vec![format!(
                "{database}: the account {handle} has the password of the demo, which everybody knows: \
                 change it in the demo first, or serve another database"
            )]));
        }
    }
    Ok(())
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

    /// What goes on while the site is served.
    pub fn live(&self, votes: VoteQueue) -> impl Future<Output = ()> + 'static {
        live::vote(votes, self.voters.clone())
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
