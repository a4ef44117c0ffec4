//! `shiptally export FILE`: the catalogue in the database as a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{CliError, connect};
use crate::catalogue::file;
use crate::db::DatabaseUrl;

/// Writes the whole catalogue to `file`, `-` being stdout. A file is complete or not there: it is written under
/// another name beside its own and renamed.
pub fn run(database: &DatabaseUrl, file: &str) -> Result<(), CliError> {
    let mut conn = connect(database)?;
    let text = file::export(&mut conn)?;
    let written = if file == "-" {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    } else {
        replace(Path::new(file), text.as_bytes())
    };
    written.map_err(CliError::at(file))
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
