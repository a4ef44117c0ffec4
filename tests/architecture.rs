//! The house has floors: a room (a top-level module of `src/`) may import only rooms on lower
//! floors, and floor-mates never import each other. Only rooms on the ground, which know no
//! feature, may use one another. Files stay short enough to be read in one sitting.
//!
//! Paths are looked for in the code as it is written, macros included, not only in `use` lines.
//! Comments and strings do not count: a link in a doc comment is no import.

use std::{collections::BTreeMap, error::Error, fs, path::Path};

/// The floors from the ground up. What stands above the last one ([`TOP`]) may import everything.
const FLOORS: [&[&str]; 6] = [
    &["config", "db", "slug", "stats", "text", "web", "words"],
    &["accounts"],
    &["catalogue"],
    &["voting", "inbox"],
    &["comparisons", "tools", "reviewers", "home", "me", "changes", "moderation", "submissions"],
    &["cli", "admin", "api"],
];
const TOP: [&str; 4] = ["error_pages", "lib", "main", "startup"];
const GROUND: usize = 0;
const MOST_LINES: usize = 500;

#[test]
fn no_room_imports_from_its_own_floor_or_above() -> Result<(), Box<dyn Error>> {
    let mut sources = Vec::new();
    read_sources(Path::new("src"), "", &mut sources)?;
    assert!(sources.len() > 10, "src/ was not read: {} files", sources.len());
    let complaints = complaints(&sources);
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    Ok(())
}

/// One file under `src/`.
struct Source {
    /// Its path below `src/`, with forward slashes: `voting/store.rs`.
    path: String,
    text: String,
}

fn read_sources(folder: &Path, below: &str, found: &mut Vec<Source>) -> Result<(), Box<dyn Error>> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{below}{name}");
        if entry.file_type()?.is_dir() {
            read_sources(&entry.path(), &format!("{path}/"), found)?;
        } else if name.ends_with(".rs") {
            found.push(Source { path, text: fs::read_to_string(entry.path())? });
        }
    }
    Ok(())
}

/// Everything that is wrong with the sources, one line each.
fn complaints(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    let mut macros = BTreeMap::new();
    for source in sources {
        for name in exported_macros(&tokens(&source.text)) {
            macros.insert(name, room_of(&source.path).to_owned());
        }
    }
    for source in sources {
        let (path, room) = (&source.path, room_of(&source.path));
        let lines = source.text.lines().count();
        if lines > MOST_LINES {
            found.push(format!("src/{path} has {lines} lines; split it, {MOST_LINES} are the most"));
        }
        if TOP.contains(&room) {
            continue;
        }
        let Some(floor) = floor_of(room) else {
            found.push(format!(
                "src/{path}: the module {room} has no floor; give it one in tests/architecture.rs"
            ));
            continue;
        };
        for Import { line, name } in imports(source) {
            let other = macros.get(&name).unwrap_or(&name);
            let place = format!("src/{path}:{line}: {room} (floor {floor}) imports {other}");
            if other == room {
                continue;
            }
            match floor_of(other) {
                Some(GROUND) if floor == GROUND => {}
                Some(below) if below < floor => {}
                Some(same) if same == floor => found.push(format!("{place} on its own floor")),
                Some(above) => found.push(format!("{place} (floor {above}): the arrow runs up")),
                None if TOP.contains(&other.as_str()) => {
                    found.push(format!("{place} at the top: the arrow runs up"));
                }
                None => found.push(format!("{place}, which has no floor; name the module itself")),
            }
        }
    }
    found
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The top-level module that a file belongs to: `voting` for `voting/store.rs` and `voting.rs`.
fn room_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// What follows directly after the root of the crate in a path: `db` in `crate::db::Db`.
#[derive(Debug, PartialEq)]
struct Import {
    line: usize,
    name: String,
}

fn imports(source: &Source) -> Vec<Import> {
    let tokens = tokens(&source.text);
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    // How many modules deep each open brace leaves us, beginning with the file itself.
    let mut depths = vec![module_depth(&source.path)];
    while at < words.len() {
        let depth = depths.last().copied().unwrap_or_default();
        match words[at] {
            "{" => {
                let opens_module = at >= 2 && words[at - 2] == "mod";
                depths.push(depth + usize::from(opens_module));
            }
            "}" => {
                depths.pop();
            }
            "crate" if words.get(at + 1) == Some(&"::") => after_root(&tokens, at + 2, &mut found),
            "super" if words.get(at + 1) == Some(&"::") => {
                let mut ups = 1;
                at += 2;
                while words.get(at) == Some(&"super") && words.get(at + 1) == Some(&"::") {
                    ups += 1;
                    at += 2;
                }
                if ups >= depth {
                    after_root(&tokens, at, &mut found);
                }
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// How many modules lie between a file and the root of the crate: 1 for `db.rs` and `voting/mod.rs`.
fn module_depth(path: &str) -> usize {
    path.split('/').filter(|part| *part != "mod.rs").count()
}

/// Collects the names at the beginning of the path or group that starts at `at`.
fn after_root(tokens: &[Token], at: usize, found: &mut Vec<Import>) {
    let Some(first) = tokens.get(at) else { return };
    if first.text != "{" {
        found.push(Import { line: first.line, name: first.text.clone() });
        return;
    }
    let mut open = 0_usize;
    let mut begins = false;
    for token in &tokens[at..] {
        match token.text.as_str() {
            "{" => {
                open += 1;
                begins = open == 1;
            }
            "}" => {
                open -= 1;
                if open == 0 {
                    return;
                }
            }
            "," => begins = open == 1,
            name => {
                if begins {
                    found.push(Import { line: token.line, name: name.to_owned() });
                }
                begins = false;
            }
        }
    }
}

/// Macros that `#[macro_export]` puts at the root of the crate; they belong to the room they are in.
fn exported_macros(tokens: &[Token]) -> Vec<String> {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if *word == "macro_export"
            && let Some(name) = words[at..].iter().skip_while(|word| **word != "macro_rules").nth(2)
        {
            found.push((*name).to_owned());
        }
    }
    found
}

/// A word, a `::`, or any other single character of code.
struct Token {
    line: usize,
    text: String,
}

/// Splits Rust into words and marks, without its comments and the contents of its literals.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let start = at;
        let next = |ahead: usize| chars.get(start + ahead).copied().unwrap_or('\0');
        at = match chars[at] {
            '/' if next(1) == '/' => end_of_line(&chars, at),
            '/' if next(1) == '*' => end_of_comment(&chars, at),
            '"' => end_of_string(&chars, at),
            'r' if next(1) == '"' || (next(1) == '#' && matches!(next(2), '"' | '#')) => {
                end_of_raw(&chars, at + 1)
            }
            'b' | 'c' if next(1) == 'r' && matches!(next(2), '"' | '#') => end_of_raw(&chars, at + 2),
            // A character, unless it is a lifetime: 'a' and '\n', not 'a.
            '\'' if next(1) == '\\' => end_of_char(&chars, at + 3),
            '\'' if next(2) == '\'' => at + 3,
            ':' if next(1) == ':' => {
                found.push(Token { line, text: "::".into() });
                at + 2
            }
            c if is_word(c) => {
                let word: String = chars[at..].iter().take_while(|c| is_word(**c)).collect();
                let end = at + word.chars().count();
                found.push(Token { line, text: word });
                end
            }
            c if c.is_whitespace() => at + 1,
            c => {
                found.push(Token { line, text: c.into() });
                at + 1
            }
        };
        at = at.min(chars.len());
        line += chars[start..at].iter().filter(|c| **c == '\n').count();
    }
    found
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    at + chars[at..].iter().take_while(|c| **c != '\n').count()
}

/// Comments in `/* */` nest.
fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut open = 0_usize;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => open += 1,
            ('*', '/') => open -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if open == 0 {
            return at;
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of a raw string whose `#`s or quote are at `at`; where it is none (`r#type`), its first `#`.
fn end_of_raw(chars: &[char], at: usize) -> usize {
    let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
    if chars.get(at + hashes) != Some(&'"') {
        return at + 1;
    }
    let mut end = at + hashes + 1;
    while end < chars.len() {
        let closes = chars[end] == '"'
            && chars[end + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
        end += 1;
        if closes {
            return end + hashes;
        }
    }
    end
}

fn end_of_char(chars: &[char], at: usize) -> usize {
    at + chars[at.min(chars.len())..].iter().take_while(|c| **c != '\'').count() + 1
}

// --- The checker itself, on sources made up for it.

/// The complaints about these files, each given as its path and its text.
fn complaints_about(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> =
        files.iter().map(|(path, text)| Source { path: (*path).into(), text: (*text).into() }).collect();
    complaints(&sources)
}

#[test]
fn an_arrow_down_is_fine() {
    let files = [
        (
            "voting/store.rs",
            "use crate::{accounts::Id, catalogue::{Tool, tools::Slug}, db::Db};\nfn f() { crate::stats::g(); }",
        ),
        ("db.rs", "use crate::web::error::AppError; use crate::db::Db;"),
        ("startup.rs", "use crate::{api, cli, voting};"),
        ("main.rs", "use shiptally::cli;"),
        ("lib.rs", "pub mod anything;"),
    ];
    assert_eq!(complaints_about(&files), [""; 0]);
}

#[test]
fn an_arrow_up_is_told_with_its_line() {
    assert_eq!(
        complaints_about(&[(
            "catalogue/store.rs",
            "//! Tools.\n\nuse crate::{\n    db::Db, \n    voting::Tally, \n};"
        )]),
        ["src/catalogue/store.rs:5: catalogue (floor 2) imports voting (floor 3): the arrow runs up"]
    );
    assert_eq!(
        complaints_about(&[("db.rs", "fn f() { crate::accounts::g() }")]),
        ["src/db.rs:1: db (floor 0) imports accounts (floor 1): the arrow runs up"]
    );
    assert_eq!(
        complaints_about(&[("cli/mod.rs", "use crate::startup;")]),
        ["src/cli/mod.rs:1: cli (floor 5) imports startup at the top: the arrow runs up"]
    );
}

#[test]
fn floor_mates_keep_apart_even_in_their_tests_and_macros() {
    let expected = ["src/tools/views.rs:1: tools (floor 4) imports home on its own floor"];
    for text in [
        "use crate::home::Page;",
        "use crate :: home;",
        "use crate::{home, db::{Db, Url}};",
        "#[cfg(test)] mod tests { use crate::home::Page; }",
        "macro_rules! m { () => { $crate::home::f() } }",
        "fn f(page: &crate::home::Page<'_>) {}",
        "fn f() { let c = '\"'; crate::home::f(); let d = '\"'; }",
        "fn f<'a>() { g(r#\"\"\"#); crate::home::f(\"\\\"\") }",
        "use super::super::home;",
        "mod tests { use super::super::super::home; }",
    ] {
        assert_eq!(complaints_about(&[("tools/views.rs", text)]), expected, "{text}");
    }
    assert_eq!(complaints_about(&[("tools/mod.rs", "use super::home;")]).len(), 1);
}

#[test]
fn what_only_looks_like_an_import_is_left_alone() {
    for text in [
        "//! See [`home`](crate::home).",
        "/* crate::home /* nested */ crate::home */",
        "const A: &str = \"crate::home\"; const B: &str = r##\"\"# crate::home\"##;",
        "pub(crate) fn home() {} use super::home;",
        "mod tests { use super::super::home; }",
    ] {
        assert_eq!(complaints_about(&[("tools/views.rs", text)]), [""; 0], "{text}");
    }
}

#[test]
fn an_exported_macro_belongs_to_its_room() {
    let db = ("db.rs", "#[macro_export]\nmacro_rules! each { () => {} }");
    let voting = ("voting/mod.rs", "#[macro_export] macro_rules! cast { () => {} }");
    assert_eq!(complaints_about(&[db, ("accounts/store.rs", "use crate::each;")]), [""; 0]);
    assert_eq!(
        complaints_about(&[voting, ("accounts/store.rs", "fn f() { crate::cast!() }")]),
        ["src/accounts/store.rs:1: accounts (floor 1) imports voting (floor 3): the arrow runs up"]
    );
}

#[test]
fn a_room_without_a_floor_is_told() {
    assert_eq!(
        complaints_about(&[("attic/mod.rs", "")]),
        ["src/attic/mod.rs: the module attic has no floor; give it one in tests/architecture.rs"]
    );
    for text in ["use crate::attic::Box;", "use crate::*;"] {
        let found = complaints_about(&[("api.rs", text)]);
        assert!(found.len() == 1 && found[0].contains("which has no floor"), "{found:?}");
    }
}

#[test]
fn a_file_that_is_too_long_is_told() {
    let (longest, longer) = ("\n".repeat(500), "\n".repeat(501));
    assert_eq!(complaints_about(&[("lib.rs", &longest)]), [""; 0]);
    assert_eq!(
        complaints_about(&[("lib.rs", &longer)]),
        ["src/lib.rs has 501 lines; split it, 500 are the most"]
    );
}
