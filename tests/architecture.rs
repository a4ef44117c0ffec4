//! The house has floors: a room (a top-level module of `src/`) may import only rooms on lower floors, and floor-mates
//! never import each other. Only rooms on the ground, which know no feature, may use one another. No files import each
//! other in a circle. Files and functions stay short enough to be read in one sitting.

#![expect(clippy::panic, reason = "a test may stop")]

#[path = "architecture/sources.rs"]
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use sources::{Source, Sources};

/// The floors from the ground up. What stands above the last one ([`TOP`]) may import everything.
const FLOORS: [&[&str]; 8] = [
    &["config", "db", "site", "slug", "stats", "text", "web", "words"],
    &["accounts"],
    &["catalogue"],
    &["votes"],
    &["integrity"],
    &["submissions", "verdicts"],
    &["account", "changes", "comparisons", "home", "moderation", "reviewers", "tools"],
    &["admin", "api", "cli"],
];
const TOP: [&str; 4] = ["error_pages", "lib", "main", "startup"];
const GROUND: usize = 0;
const MOST_LINES: usize = 400;
const MOST_LINES_OF_A_FUNCTION: usize = 60;

/// What stands under `src/`.
static HOUSE: LazyLock<Sources> = LazyLock::new(|| {
    let house = Sources::read(Path::new("src")).unwrap_or_else(|cause| panic!("{cause}"));
    assert!(house.files().len() > 10, "src/ was not read: {} files", house.files().len());
    house
});

#[test]
fn no_room_imports_from_its_own_floor_or_above() {
    let complaints = crossings(&HOUSE);
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = circles(&HOUSE);
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn files_and_functions_stay_short() {
    let complaints = too_long(&HOUSE);
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The imports that run up or across, one line each.
fn crossings(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.files() {
        let (path, room) = (&source.path, source.room());
        if TOP.contains(&room) {
            continue;
        }
        let Some(floor) = floor_of(room) else {
            found.push(format!(
                "src/{path}: the module {room} has no floor; give it one in tests/architecture.rs"
            ));
            continue;
        };
        for import in &source.imports {
            let other = sources.room_of(import);
            let place = format!("src/{path}:{}: {room} (floor {floor}) imports {other}", import.line);
            match floor_of(&other) {
                _ if other == room => {}
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

/// The files that import each other in a circle, a line for each circle.
fn circles(sources: &Sources) -> Vec<String> {
    let arrows: BTreeMap<&str, BTreeSet<&str>> =
        sources.files().iter().map(|source| (source.path.as_str(), sources.imported_files(source))).collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|file| (*file, reachable(&arrows, file))).collect();
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for (file, others) in &reached {
        if !others.contains(file) || !told.insert(*file) {
            continue;
        }
        let circle: Vec<&str> = others
            .iter()
            .copied()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(file)))
            .collect();
        told.extend(&circle);
        let ties: Vec<String> = circle
            .iter()
            .flat_map(|from| {
                arrows[from].iter().filter(|to| circle.contains(to)).map(move |to| format!("{from} → {to}"))
            })
            .collect();
        found.push(format!("a circle of {} files: {}", circle.len(), ties.join(", ")));
    }
    found
}

/// All files that one leads to, itself among them if it stands in a circle.
fn reachable<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = arrows[from].iter().copied().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(&arrows[next]);
        }
    }
    found
}

/// The files and functions that are too long, one line each.
fn too_long(sources: &Sources) -> Vec<String> {
    let file = |source: &Source| {
        (source.lines > MOST_LINES).then(|| {
            format!("src/{} has {} lines; split it, {MOST_LINES} are the most", source.path, source.lines)
        })
    };
    let functions = |source: &Source| -> Vec<String> {
        let long = source.functions.iter().filter(|function| function.lines > MOST_LINES_OF_A_FUNCTION);
        long.map(|function| {
            let (path, name, lines) = (&source.path, &function.name, function.lines);
            format!("src/{path}: {name} has {lines} lines; split it, {MOST_LINES_OF_A_FUNCTION} are the most")
        })
        .collect()
    };
    sources.files().iter().flat_map(|source| file(source).into_iter().chain(functions(source))).collect()
}

// --- The checker itself, on sources made up for it.

fn made_up(files: &[(&str, &str)]) -> Sources {
    let parsed =
        files.iter().map(|(path, text)| Source::parse(path, text).unwrap_or_else(|e| panic!("{path}: {e}")));
    Sources::new(parsed.collect())
}

fn crossings_of(files: &[(&str, &str)]) -> Vec<String> {
    crossings(&made_up(files))
}

#[test]
fn an_arrow_down_is_fine() {
    let files = [
        (
            "votes/store.rs",
            "use crate::{accounts::Id, catalogue::{Tool, tools::Slug}, db::Db};\nfn f() { crate::stats::g(); }",
        ),
        ("db.rs", "use crate::web::error::AppError; use crate::db::Db;"),
        ("startup.rs", "use crate::{api, cli, votes};"),
        ("main.rs", "use shiptally::cli;"),
        ("lib.rs", "pub mod anything;"),
    ];
    assert_eq!(crossings_of(&files), [""; 0]);
}

#[test]
fn an_arrow_up_is_told_with_its_line() {
    assert_eq!(
        crossings_of(&[(
            "catalogue/store.rs",
            "//! Tools.\n\nuse crate::{\n    db::Db, \n    votes::Tally, \n};"
        )]),
        ["src/catalogue/store.rs:5: catalogue (floor 2) imports votes (floor 3): the arrow runs up"]
    );
    assert_eq!(
        crossings_of(&[("db.rs", "fn f() { crate::accounts::g() }")]),
        ["src/db.rs:1: db (floor 0) imports accounts (floor 1): the arrow runs up"]
    );
    assert_eq!(
        crossings_of(&[("cli/mod.rs", "use crate::startup;")]),
        ["src/cli/mod.rs:1: cli (floor 7) imports startup at the top: the arrow runs up"]
    );
}

#[test]
fn floor_mates_keep_apart_even_in_their_tests_and_macros() {
    let expected = ["src/tools/views.rs:1: tools (floor 6) imports home on its own floor"];
    for text in [
        "use crate::home::Page;",
        "use crate :: home;",
        "use crate::{home, db::{Db, Url}};",
        "#[cfg(test)] mod tests { use crate::home::Page; }",
        "macro_rules! m { () => { $crate::home::f() } }",
        "fn f(page: &crate::home::Page<'_>) {}",
        "fn f() { let c = '\"'; crate::home::f(); let d = '\"'; }",
        "fn f() { format!(\"{}\", crate::home::f()) }",
        "use super::super::home;",
        "mod tests { use super::super::super::home; }",
    ] {
        assert_eq!(crossings_of(&[("tools/views.rs", text)]), expected, "{text}");
    }
    assert_eq!(crossings_of(&[("tools/mod.rs", "use super::home;")]).len(), 1);
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
        assert_eq!(crossings_of(&[("tools/views.rs", text)]), [""; 0], "{text}");
    }
}

#[test]
fn an_exported_macro_belongs_to_its_room() {
    let db = ("db.rs", "#[macro_export]\nmacro_rules! each { () => {} }");
    let votes = ("votes/mod.rs", "#[macro_export] macro_rules! cast { () => {} }");
    assert_eq!(crossings_of(&[db, ("accounts/store.rs", "use crate::each;")]), [""; 0]);
    assert_eq!(
        crossings_of(&[votes, ("accounts/store.rs", "fn f() { crate::cast!() }")]),
        ["src/accounts/store.rs:1: accounts (floor 1) imports votes (floor 3): the arrow runs up"]
    );
}

#[test]
fn a_room_without_a_floor_is_told() {
    assert_eq!(
        crossings_of(&[("attic/mod.rs", "")]),
        ["src/attic/mod.rs: the module attic has no floor; give it one in tests/architecture.rs"]
    );
    for text in ["use crate::attic::Box;", "use crate::*;"] {
        let found = crossings_of(&[("api.rs", text)]);
        assert!(found.len() == 1 && found[0].contains("which has no floor"), "{found:?}");
    }
}

#[test]
fn a_circle_is_told_with_what_ties_it() {
    let a = ("tools/a.rs", "use super::b::B;");
    let b = ("tools/b.rs", "use crate::tools::c::C;");
    let c = ("tools/c.rs", "fn f() -> super::A { super::A }");
    let room = ("tools/mod.rs", "mod a; mod b; mod c; pub use self::a::A;");
    assert_eq!(circles(&made_up(&[a, b, room])), [""; 0]);
    assert_eq!(
        circles(&made_up(&[a, b, c, room])),
        ["a circle of 3 files: tools/a.rs → tools/b.rs, tools/b.rs → tools/c.rs, tools/c.rs → tools/a.rs"]
    );
}

#[test]
fn what_a_room_itself_defines_ties_it_to_its_files() {
    let room = ("tools/mod.rs", "mod a; pub struct Tool; fn f() { a::g() }");
    assert_eq!(circles(&made_up(&[("tools/a.rs", "pub fn g() {}"), room])), [""; 0]);
    assert_eq!(circles(&made_up(&[("tools/a.rs", "use super::Tool; pub fn g() {}"), room])).len(), 1);
}

#[test]
fn what_is_too_long_is_told() {
    let long = |lines: usize| format!("fn f() {{{}}}", "\n".repeat(lines - 1));
    let (longest, longer) = ("\n".repeat(400), "\n".repeat(401));
    assert_eq!(too_long(&made_up(&[("lib.rs", &longest), ("db.rs", &long(60))])), [""; 0]);
    assert_eq!(
        too_long(&made_up(&[("lib.rs", &longer), ("db.rs", &long(61))])),
        [
            "src/lib.rs has 401 lines; split it, 400 are the most",
            "src/db.rs: f has 61 lines; split it, 60 are the most"
        ]
    );
}
