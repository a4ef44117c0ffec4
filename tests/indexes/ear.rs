//! Every statement that this process executes is overheard.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// Lets every connection be overheard that is made from now on.
pub(crate) fn listen() {
    set_default_instrumentation(ear).unwrap();
}

static HEARD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn ear() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let statement = text.split(" -- binds:").next().unwrap_or(&text).trim().to_owned();
            HEARD.lock().unwrap_or_else(PoisonError::into_inner).insert(statement);
        }
    }))
}

/// The statements that read or write rows, since this was last asked.
pub(crate) fn heard() -> BTreeSet<String> {
    let all = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    let rows = ["SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH"];
    all.into_iter()
        .filter(|statement| rows.contains(&words(statement).next().unwrap_or_default()))
        // What a pool asks to see whether a connection lives.
        .filter(|statement| statement != "SELECT 1")
        // What is asked about none of the rows finds none, and the database knows it.
        .filter(|statement| !statement.contains("(1=0)"))
        // The highest id is the end of an index, which the settings below forbid to walk.
        .filter(|statement| !statement.starts_with("SELECT max(\"tools\".\"id\")"))
        // PostgreSQL cannot tell the types of arrays that are given to an insert, and there is no table to read.
        .filter(|statement| {
            !(statement.starts_with("INSERT") && statement.to_lowercase().contains("unnest("))
        })
        .collect()
}

pub(crate) fn words(statement: &str) -> impl Iterator<Item = &str> {
    statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
