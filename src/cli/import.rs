//! `shiptally import FILE`: a catalogue file into the database.

use std::io::{self, Read, Write};

use chrono::{NaiveDateTime, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{CliError, connect};
use crate::catalogue::file::{self, ImportError, ProblemList};
use crate::db::DatabaseUrl;

/// Imports `file`, `-` being stdin, and prints what that changed. The file is read and checked before the database
/// is touched.
pub fn run(database: &DatabaseUrl, file: &str) -> Result<(), CliError> {
    let text = read(file).map_err(|cause| CliError::BadInput(vec![format!("{file}: {cause}")]))?;
    let records = file::parse(&text).map_err(|problems| bad_input(&problems))?;
    drop(text);
    let mut conn = connect(database)?;
    let bar = progress_bar();
    let done = file::import(&mut conn, &records, now(), |done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let summary = done.map_err(|cause| match cause {
        ImportError::Problems(problems) => bad_input(&problems),
        ImportError::Database(cause) => cause.into(),
    })?;
    Ok(writeln!(io::stdout(), "{summary}")?)
}

fn read(file: &str) -> io::Result<String> {
    if file != "-" {
        return std::fs::read_to_string(file);
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

fn bad_input(problems: &ProblemList) -> CliError {
    CliError::BadInput(problems.lines())
}

/// To the second: the catalogue's times are shown as dates.
fn now() -> NaiveDateTime {
    use chrono::SubsecRound;
    Utc::now().naive_utc().trunc_subsecs(0)
}

/// A bar on stderr, which draws nothing unless that is a terminal.
fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} records")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style)
}
