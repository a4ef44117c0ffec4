//! Templates stay pleasant to read, no line is too long; and every form is known again when it is sent twice.

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

#[test]
fn every_form_begins_with_its_key_but_those_that_are_the_same_twice() -> Result<(), Box<dyn Error>> {
    // A vote replaces the one before and stands on pages that visitors share; who is signed in or out stays so; a file
    // is looked at before it does anything.
    const SAME_TWICE: [&str; 4] = ["/vote\"", "\"/login\"", "\"/logout\"", "multipart/form-data"];
    let (mut forms, mut complaints) = (0, Vec::new());
    read_templates(Path::new("templates"), &mut |path, text| {
        for form in text.split("<form").skip(1).filter(|form| tag_of(form).contains("method=\"post\"")) {
            forms += 1;
            let first = form[tag_of(form).len() + 1..].trim_start();
            let has_key = first.starts_with("{% include \"ui/_form_key.html\" %}")
                || first.starts_with("<input type=\"hidden\" name=\"form_key\"");
            if !has_key && !SAME_TWICE.iter().any(|part| tag_of(form).contains(part)) {
                complaints.push(format!("{}: <form{}>", path.display(), tag_of(form)));
            }
        }
    })?;
    assert!(forms > 20, "templates/ was not read: {forms} forms");
    assert!(complaints.is_empty(), "forms without a key of their own:\n{}", complaints.join("\n"));
    Ok(())
}

/// What a tag says, up to its end.
fn tag_of(text: &str) -> &str {
    text.split('>').next().unwrap_or_default()
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
