//! `shiptally export FILE`: the catalogue in the database as a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{CliError, connect_existing};
use crate::catalogue::file;
use crate::db::DatabaseUrl;
use crate::text::join_and;

/// Writes the whole catalogue to `file`, `-` being stdout. A file is complete or not there: it is written under
/// another name beside its own and renamed. Where the file that it replaces had more in it, that is said.
pub fn run(database: &DatabaseUrl, file: &str) -> Result<(), CliError> {
    let mut conn = connect_existing(database)?;
    let text = file::export(&mut conn)?;
    let written = if file == "-" {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    } else {
        let old = fs::metadata(file).is_ok_and(|found| found.is_file()).then(|| fs::read_to_string(file));
        let lost = old.and_then(Result::ok).and_then(|old| lost(&old, &text));
        let written = replace(Path::new(file), text.as_bytes());
        if let (Ok(()), Some(lost)) = (&written, lost) {
            eprintln!("{file}: {lost}");
        }
        written
    };
    written.map_err(CliError::at(file))
}

/// What was in a file and is not in the catalogue that replaces it, by count.
fn lost(old: &str, new: &str) -> Option<String> {
    let counts = |text: &str| {
        let file = file::parse(text).ok()?;
        Some([
            ("categories", file.categories.len()),
            ("reviewers", file.reviewers.len()),
            ("tools", file.tools.len()),
            ("comparisons", file.comparisons.len()),
        ])
    };
    let Some(before) = counts(old) else {
        return (!old.trim().is_empty()).then(|| "replaced what was no catalogue file".to_owned());
    };
    let both = before.into_iter().zip(counts(new).unwrap_or_default());
    let fewer = both.filter(|((_, before), (_, now))| before > now);
    let fewer: Vec<String> =
        fewer.map(|((kind, before), (_, now))| format!("{now} {kind} instead of {before}")).collect();
    (!fewer.is_empty()).then(|| format!("replaced a catalogue that had more: now {}", join_and(&fewer)))
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // A pipe or a device such as /dev/stdout takes what is written and cannot be replaced.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return fs::write(path, content);
    }
    let beside = beside(path);
    let written = File::create(&beside)
        .and_then(|mut out| out.write_all(content).and_then(|()| out.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A name in the same folder, so that renaming never crosses a file system.
fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}
