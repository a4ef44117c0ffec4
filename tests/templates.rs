//! Templates stay pleasant to read: no line is too long.

use std::error::Error;
use std::fs;
use std::path::Path;

const LONGEST: usize = 140;

#[test]
fn no_line_of_a_template_is_too_long() -> Result<(), Box<dyn Error>> {
    let (mut files, mut complaints) = (0, Vec::new());
    read_templates(Path::new("templates"), &mut |path, text| {
        files += 1;
        for (number, line) in (1..).zip(text.lines()) {
            let length = line.chars().count();
            if length > LONGEST {
                complaints.push(format!("{}:{number}: {length} characters", path.display()));
            }
        }
    })?;
    assert!(files > 10, "templates/ was not read: {files} files");
    assert!(complaints.is_empty(), "lines of more than {LONGEST} characters:\n{}", complaints.join("\n"));
    Ok(())
}

/// Hands on every file in a folder and the folders in it, with its text.
fn read_templates(folder: &Path, take: &mut impl FnMut(&Path, &str)) -> Result<(), Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_templates(&path, take)?;
        } else {
            take(&path, &fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
