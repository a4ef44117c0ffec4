//! `shiptally import` and `shiptally export`, as the functions behind them.

use std::fs;

use shiptally::cli::{self, CliError};

use super::*;

#[test]
fn a_file_goes_in_and_comes_out() {
    let database = TestDatabase::fresh();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("in.json"), STARTER).unwrap();
    fs::write(path("out.json"), "something older").unwrap();
    cli::import::run(&database.url, &path("in.json")).unwrap();
    cli::export::run(&database.url, &path("out.json")).unwrap();
    assert_eq!(fs::read_to_string(path("out.json")).unwrap(), STARTER);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no other file is left behind");
}

#[test]
fn a_file_with_problems_is_bad_input_with_a_line_for_each() {
    let database = TestDatabase::fresh();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.json").display().to_string();
    fs::write(&path, r#"{"format": "shiptally-catalogue/1", "tools": [{"slug": "a", "tagline": ""}]}"#)
        .unwrap();
    let refused = cli::import::run(&database.url, &path).unwrap_err();
    let expected = ["tools[0].name: is required", "tools[0].category: is required"];
    assert_eq!(refused, CliError::BadInput(expected.map(str::to_owned).to_vec()));
    assert_eq!(refused.exit_code(), 2);
    let text = json!({"format": "shiptally-catalogue/1", "comparisons": [{"tools": ["a", "b"]}]}).to_string();
    fs::write(&path, text).unwrap();
    let refused = cli::import::run(&database.url, &path).unwrap_err().to_string();
    let expected =
        "comparisons[0].tools[0]: there is no tool \"a\"\ncomparisons[0].tools[1]: there is no tool \"b\"";
    assert_eq!(refused, expected);
}

#[test]
fn a_file_that_cannot_be_read_is_bad_input() {
    let database = TestDatabase::fresh();
    let refused = cli::import::run(&database.url, "/nowhere/in.json").unwrap_err();
    assert_eq!(refused.exit_code(), 2);
    assert!(refused.to_string().starts_with("/nowhere/in.json: "), "{refused}");
}

#[test]
fn a_place_that_cannot_be_written_is_a_failure() {
    let database = TestDatabase::fresh();
    connect(&database);
    let refused = cli::export::run(&database.url, "/nowhere/out.json").unwrap_err();
    assert_eq!(refused.exit_code(), 1);
}
