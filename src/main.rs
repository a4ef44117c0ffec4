//! The program: arguments → settings → run.

#![expect(clippy::print_stdout, reason = "what commands print is their output")]

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};
use shiptally::accounts::Role;
use shiptally::admin;
use shiptally::cli::demo::DemoOptions;
use shiptally::cli::users::AddUser;
use shiptally::cli::{self, CliError, demo, environment};
use shiptally::config::{DatabaseOption, LogFormat, ServeOptions};
use shiptally::startup::Site;

/// Memory that is freed goes back to the system, which glibc keeps after bursts of sign-ins. Without huge pages, so that
/// what open streams never write to of their buffers takes no memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A community decides which tool to ship with.
#[derive(Parser)]
#[command(name = "shiptally", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve a ready site: starter catalogue, one account per role, sample votes
    Demo {
        #[command(flatten)]
        demo: DemoOptions,
        #[command(flatten)]
        options: ServeOptions,
    },
    /// Serve the site on the configured database, applying pending migrations first
    Serve {
        #[command(flatten)]
        database: DatabaseOption,
        #[command(flatten)]
        options: ServeOptions,
    },
    /// Import a catalogue file (all or nothing)
    Import {
        /// The file; - for stdin
        file: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Export the catalogue to a file
    Export {
        /// The file; - for stdout
        file: String,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Add accounts, change roles
    #[command(subcommand)]
    Users(Users),
    /// Recount every tally and check all data
    Verify {
        /// Repair tallies from the votes
        #[arg(long)]
        repair: bool,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Apply pending migrations and print them
    Migrate {
        #[command(flatten)]
        database: DatabaseOption,
    },
}

#[derive(Subcommand)]
enum Users {
    /// Add an account
    Add {
        #[command(flatten)]
        account: AddUser,
        #[command(flatten)]
        database: DatabaseOption,
    },
    /// Change the role of an account
    Role {
        /// Its username
        handle: String,
        /// Its role
        role: Role,
        #[command(flatten)]
        database: DatabaseOption,
    },
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(cause) => return usage(&cause),
    };
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(cause) => {
            eprintln!("{cause}");
            ExitCode::from(cause.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Demo { demo, options } => {
            log_to_stderr(&options, "info,actix_server=warn,actix_web=warn")?;
            warn_of_settings();
            let folder = PathBuf::from("data/demo");
            let ready = demo::prepare(&folder, demo, &options)?;
            let site = Site::open(&ready.database, &options)?;
            ready.note_address(&site.settings.base_url);
            print!("{}", ready.welcome(&site.settings.base_url));
            let live = ready.live(site.vote_queue());
            serve_with(site, live)
        }
        Command::Serve { database, options } => {
            log_to_stderr(&options, "info")?;
            warn_of_settings();
            let site = Site::open(&database.database_url, &options)?;
            demo::refuse_known_passwords(&database.database_url)?;
            offer_setup(&site, &database)?;
            serve(site)
        }
        Command::Import { file, database } => cli::import::run(&database.database_url, &file),
        Command::Export { file, database } => cli::export::run(&database.database_url, &file),
        Command::Users(Users::Add { account, database }) => cli::users::add(&database.database_url, &account),
        Command::Users(Users::Role { handle, role, database }) => {
            cli::users::role(&database.database_url, &handle, role)
        }
        Command::Verify { repair, database } => cli::verify::run(&database.database_url, repair),
        Command::Migrate { database } => migrate(&database),
    }
}

/// Prints a link that makes the first admin, while there is none. It goes to stdout alone and never to the log.
fn offer_setup(site: &Site, database: &DatabaseOption) -> Result<(), CliError> {
    let mut conn = database.database_url.connect()?;
    if let Some(path) = admin::setup::offer(&mut conn)? {
        println!("Create the first admin at {} (valid one hour, single use)", site.settings.absolute(&path));
    }
    Ok(())
}

fn serve(site: Site) -> Result<(), CliError> {
    serve_with(site, async {})
}

/// Serves, and does something else meanwhile.
fn serve_with(site: Site, meanwhile: impl Future<Output = ()> + 'static) -> Result<(), CliError> {
    actix_web::rt::System::new().block_on(async {
        actix_web::rt::spawn(meanwhile);
        let address = site.address;
        let running = site.run();
        println!("listening on http://{address}");
        Ok(running.await?)
    })
}

fn migrate(database: &DatabaseOption) -> Result<(), CliError> {
    let url = &database.database_url;
    let mut conn = url.connect().map_err(CliError::at(url))?;
    for name in conn.migrate().map_err(CliError::at(url))? {
        println!("{name}");
    }
    Ok(())
}

/// Warns of variables that look like settings and are none.
fn warn_of_settings() {
    let settings = environment::settings(&Arguments::command());
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for line in environment::warnings(&settings, names) {
        tracing::warn!("{line}");
    }
}

/// Logs what the options ask for, or else what `usual` says; in colour only for a terminal. What the server itself says of
/// requests that are none is left out, unless it is asked for: anybody can send as many as they like.
fn log_to_stderr(options: &ServeOptions, usual: &str) -> Result<(), CliError> {
    let asked = options.log.as_deref().unwrap_or(usual);
    let filter =
        tracing_subscriber::EnvFilter::try_new(format!("actix_http::h1=off,actix_session=warn,{asked}"))
            .map_err(|cause| CliError::BadInput(vec![format!("SHIPTALLY_LOG: {cause}")]))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match options.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

/// Prints help as clap has it; of a bad value or flag, the one line that says what is wrong.
fn usage(cause: &clap::Error) -> ExitCode {
    match cause.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = cause.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = cause.print();
            ExitCode::from(2)
        }
        ErrorKind::ValueValidation if is_about_a_secret(cause) => {
            let reason = std::error::Error::source(cause).map(ToString::to_string).unwrap_or_default();
            eprintln!("error: invalid value for {}: {reason}", setting(cause));
            ExitCode::from(2)
        }
        _ => {
            let text = cause.to_string();
            let told: Vec<&str> =
                text.split("\n\n").next().unwrap_or_default().lines().map(str::trim).collect();
            let told = told.join(" ");
            eprintln!("{}", told.replace(&format!("'{}'", flag(cause)), &setting(cause)));
            ExitCode::from(2)
        }
    }
}

/// The flag that an error is about, as clap shows it: `--bind <ADDRESS>`.
fn flag(cause: &clap::Error) -> String {
    cause.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default()
}

/// The setting that an error is about, by both its names: the variable may be what was set.
fn setting(cause: &clap::Error) -> String {
    let flag = flag(cause);
    let name = flag.split(' ').next().unwrap_or_default();
    match environment::settings(&Arguments::command()).get(name) {
        Some(variable) => format!("{variable} ({name})"),
        None => format!("'{flag}'"),
    }
}

/// Whether a bad value could hold a password, so that it is not printed.
fn is_about_a_secret(cause: &clap::Error) -> bool {
    let flag = flag(cause);
    flag.starts_with("--secret") || flag.starts_with("--database-url")
}
