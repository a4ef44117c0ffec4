//! Settings: environment variables, each also a flag of `serve`, parsed once into types that
//! cannot be wrong.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::{fs, io};

use actix_web::cookie::Key;
use ipnet::IpNet;
use sha2::{Digest, Sha512};
use url::Url;

use crate::db::{DatabaseUrl, create_private};
use crate::site::LiveSite;

/// The name of a site that has no other.
pub const SITE_NAME: &str = "Shiptally";

/// The most characters of a site's name.
pub const SITE_NAME_MAX: usize = 60;

/// The flag that every command with a database takes.
#[derive(Debug, Clone, clap::Args)]
pub struct DatabaseOption {
    /// Where the database is: sqlite://PATH or postgres://…
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite://data/shiptally.db",
        hide_env_values = true
    )]
    pub database_url: DatabaseUrl,
}

/// The flags of `serve`, apart from the database.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeOptions {
    /// Address to listen on; port 0 picks one
    #[arg(long, env = "SHIPTALLY_BIND", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,
    /// Public address of the site [default: from the bind address]
    #[arg(long, env = "SHIPTALLY_BASE_URL", value_name = "URL", value_parser = base_url)]
    pub base_url: Option<Url>,
    /// At least 64 bytes; required with PostgreSQL [default: kept in secret.key beside the SQLite file]
    #[arg(long, env = "SHIPTALLY_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub secret: Option<Secret>,
    /// Name of the site
    #[arg(long, env = "SHIPTALLY_SITE_NAME", value_name = "NAME", default_value = SITE_NAME, value_parser = site_name)]
    pub site_name: String,
    /// Who may vote: any signed-in account, or only one with a confirmed email address
    #[arg(long, env = "SHIPTALLY_VOTERS", value_name = "WHO", default_value = "anyone")]
    pub voters: Voters,
    /// Addresses or networks, separated by commas, whose X-Forwarded-For or Forwarded is believed
    #[arg(
        long,
        env = "SHIPTALLY_TRUSTED_PROXIES",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub trusted_proxies: TrustedProxies,
    /// Limits on sign-up, sign-in and votes; `off` is for load tests only
    #[arg(long, env = "SHIPTALLY_RATE_LIMITS", value_name = "ON|OFF", default_value = "on")]
    pub rate_limits: Switch,
    /// Memory for rendered pages, in megabytes; the pages asked for most stay
    #[arg(long, env = "SHIPTALLY_PAGE_CACHE_MB", value_name = "MB", default_value_t = 64)]
    pub page_cache_mb: u32,
    /// What is logged, as a tracing filter [default: info; the demo leaves out how its server starts]
    #[arg(long, env = "SHIPTALLY_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How it is logged
    #[arg(long, env = "SHIPTALLY_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Who may vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Voters {
    /// Any signed-in account.
    Anyone,
    /// Only accounts with a confirmed email address.
    Verified,
}

/// A setting that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

/// Proxies whose word about the visitor's address is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(pub Vec<IpNet>);

impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = |part: &str| {
            part.parse::<IpNet>()
                .or_else(|_| part.parse::<std::net::IpAddr>().map(IpNet::from))
                .map_err(|_: std::net::AddrParseError| format!("{part:?} is not an address or network"))
        };
        text.split(',')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// The secret from which cookie keys are derived; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl FromStr for Secret {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() < 64 {
            return Err("secret must have at least 64 bytes".into());
        }
        if text.bytes().collect::<BTreeSet<u8>>().len() < LEAST_SIGNS {
            return Err("secret is easily guessed: make one with `openssl rand -hex 48`".into());
        }
        Ok(Self(text.to_owned()))
    }
}

/// The fewest different bytes of a secret. Of 64 hexadecimal digits made by chance fewer are found once in a million times.
const LEAST_SIGNS: usize = 9;

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The key that authenticates session cookies.
    pub fn cookie_key(&self) -> Key {
        let digest = Sha512::new_with_prefix(b"shiptally session cookie\0").chain_update(&self.0).finalize();
        Key::from(&digest)
    }

    /// A key that hides networks where they are kept for this purpose, so that what is kept for one leads to nothing that
    /// is kept for another.
    pub fn network_key(&self, purpose: &str) -> [u8; 32] {
        self.derived(&format!("shiptally {purpose} network\0"))
    }

    /// The key that signs the keys of forms.
    pub fn form_key(&self) -> [u8; 32] {
        self.derived("shiptally form\0")
    }

    fn derived(&self, purpose: &str) -> [u8; 32] {
        let digest = Sha512::new_with_prefix(purpose).chain_update(&self.0).finalize();
        let mut key = [0; 32];
        key.copy_from_slice(&digest[..32]);
        key
    }

    fn generate() -> Self {
        let bytes: [u8; 64] = rand::random();
        Self(hex::encode(bytes))
    }
}

/// What the running site knows of its settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Public address, without a slash at the end: `https://ships.example`.
    pub base_url: String,
    /// Name of the site where the database holds no other.
    default_name: String,
    /// What is said of the site in the database.
    pub site: Arc<LiveSite>,
    /// Who may vote.
    pub voters: Voters,
    /// Proxies whose word is taken.
    pub trusted_proxies: TrustedProxies,
    /// Whether limits are kept.
    pub rate_limits: Switch,
    /// From which cookie keys are derived.
    pub secret: Secret,
}

impl Settings {
    /// Completes `options` for a site that listens on `bound`.
    /// Fails with one line when the secret is missing and cannot be kept in a file.
    pub fn resolve(
        options: &ServeOptions,
        database: &DatabaseUrl,
        bound: SocketAddr,
    ) -> Result<Self, String> {
        let base_url = match &options.base_url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("http://{bound}"),
        };
        Ok(Self {
            base_url,
            default_name: options.site_name.clone(),
            site: Arc::default(),
            voters: options.voters,
            trusted_proxies: options.trusted_proxies.clone(),
            rate_limits: options.rate_limits,
            secret: secret_for(options, database)?,
        })
    }

    /// Name of the site.
    pub fn site_name(&self) -> String {
        self.site.profile().name.clone().unwrap_or_else(|| self.default_name.clone())
    }

    /// Whether visitors come over https.
    pub fn https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The absolute address of a path on this site.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }
}

fn secret_for(options: &ServeOptions, database: &DatabaseUrl) -> Result<Secret, String> {
    match (&options.secret, database) {
        (Some(secret), _) => Ok(secret.clone()),
        (None, DatabaseUrl::Postgres(_)) => {
            Err("SHIPTALLY_SECRET is required with PostgreSQL: at least 64 bytes, the same on every node"
                .into())
        }
        (None, DatabaseUrl::Sqlite(path)) => {
            let file = path.with_file_name("secret.key");
            kept_secret(&file).map_err(|cause| format!("{}: {cause}", file.display()))
        }
    }
}

/// Reads the secret kept in `file`, making it (mode 0600) at the first start.
fn kept_secret(file: &Path) -> io::Result<Secret> {
    match fs::read_to_string(file) {
        Ok(text) => text.trim().parse().map_err(io::Error::other),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            let secret = Secret::generate();
            let mut handle = create_private(file)?;
            handle.write_all(secret.0.as_bytes())?;
            handle.sync_all()?;
            Ok(secret)
        }
        Err(cause) => Err(cause),
    }
}

fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|cause| cause.to_string())?;
    let is_bare = url.as_str().strip_suffix('/') == Some(&url.origin().ascii_serialization());
    let plain = matches!(url.scheme(), "http" | "https") && is_bare;
    if plain { Ok(url) } else { Err("expected http(s)://HOST without a path".into()) }
}

/// The name of a site, if it can be one.
pub fn site_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > SITE_NAME_MAX || name.chars().any(char::is_control) {
        return Err("a site's name has 1 to 60 characters".into());
    }
    Ok(name.to_owned())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    #[test]
    fn database_addresses_are_told_apart_and_bad_ones_refused() {
        assert_eq!("sqlite://data/x.db".parse(), Ok(DatabaseUrl::Sqlite("data/x.db".into())));
        assert_eq!("sqlite:///srv/x.db".parse(), Ok(DatabaseUrl::Sqlite("/srv/x.db".into())));
        assert!("mysql://x".parse::<DatabaseUrl>().is_err());
        assert!("sqlite://:memory:".parse::<DatabaseUrl>().is_err());
    }

    #[test]
    fn a_database_address_is_shown_without_its_password() {
        let url: DatabaseUrl = "postgres://ship:hunter2@db.example/tally".parse().unwrap();
        assert_eq!(format!("{url} {url:?}"), "postgres://db.example/tally postgres://db.example/tally");
    }

    #[test]
    fn a_secret_that_anybody_could_guess_is_refused() {
        let made = hex::encode(rand::random::<[u8; 32]>());
        assert!(made.parse::<Secret>().is_ok(), "{made}");
        for bad in ["short".to_owned(), "a".repeat(64), "ab".repeat(40), "password".repeat(8)] {
            assert!(bad.parse::<Secret>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_percent_sign_in_a_database_address_is_written_out() {
        for bad in [
            "postgres://ship:hunter2%zz@db.example/tally",
            "postgres://ship:hunter2%@db.example/tally",
            "postgres://ship:1/hunter2@db.example/tally",
            "postgres://ship:1?hunter2@db.example/tally",
            "postgres://ship:1#hunter2@db.example/tally",
        ] {
            let refused = bad.parse::<DatabaseUrl>().unwrap_err();
            assert!(refused.contains('%') && !refused.contains("hunter2"), "{bad}: {refused}");
        }
        assert!("postgres://ship:hunter2%25@db.example/tally?sslmode=disable".parse::<DatabaseUrl>().is_ok());
    }

    #[test]
    fn trusted_proxies_are_addresses_or_networks() {
        let list: TrustedProxies = "127.0.0.1, 10.0.0.0/8, ::1".parse().unwrap();
        assert_eq!(list.0.len(), 3);
        assert!("localhost".parse::<TrustedProxies>().is_err());
    }

    #[test]
    fn a_public_address_has_no_path() {
        assert!(base_url("https://ships.example").is_ok());
        assert!(base_url("https://ships.example/app").is_err());
        assert!(base_url("ftp://ships.example").is_err());
    }

    #[test]
    fn the_secret_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let first = kept_secret(&file).unwrap();
        assert_eq!(first, kept_secret(&file).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}
