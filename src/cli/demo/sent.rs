//! What sample accounts and the demo's member have sent in: three submissions wait, one is answered.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use crate::accounts::{CurrentUser, store};
use crate::cli::CliError;
use crate::db::Db;
use crate::db::schema::{submissions, tools};
use crate::submissions::queue;
use crate::submissions::store::send;
use crate::submissions::submission::{
    Content, Correction, Field, NewSubmission, Reason, Report, SubmissionStatus, ToolSuggestion,
};

/// Sends them; `moderator` has answered the one of the member.
pub(super) fn make(conn: &mut Db, moderator: &CurrentUser, now: NaiveDateTime) -> Result<(), CliError> {
    let goose = suggestion(
        "Goose",
        "https://block.github.io/goose/",
        "Sample: an agent for the terminal. It belongs beside Aider.",
    );
    send_in(conn, "sample-017", &goose, now - Duration::hours(5))?;
    let price = Correction {
        field: Field::Price,
        value: "Pro is 20 USD a month".into(),
        source: "https://cursor.com/pricing".into(),
        why: "Sample: the price for teams is missing.".into(),
    };
    let price = about(conn, "cursor", Content::Correction(price))?;
    send_in(conn, "sample-102", &price, now - Duration::hours(30))?;
    let words = "Sample: the text praises more than it tells.".into();
    let report = Content::Report(Report { reason: Reason::Advert, words });
    let report = about(conn, "perplexity", report)?;
    send_in(conn, "sample-051", &report, now - Duration::hours(50))?;

    let llamafile = suggestion(
        "llamafile",
        "https://github.com/mozilla-ai/llamafile",
        "Sample: one file, and a model runs.",
    );
    let answered = send_in(conn, "member", &llamafile, now - Duration::days(6))?;
    let answer = "Thank you. It wraps llama.cpp, which is listed here.";
    conn.write(|conn| queue::decide(conn, answered, moderator.id, SubmissionStatus::Declined, answer, None))?;
    Ok(())
}

fn suggestion(name: &str, website: &str, why: &str) -> NewSubmission {
    let category = "developer-tools".into();
    let tool = ToolSuggestion { website: website.into(), category, why: why.into() };
    NewSubmission { tool_id: None, reviewer_id: None, name: name.into(), content: Content::Tool(tool) }
}

fn about(conn: &mut Db, slug: &str, content: Content) -> QueryResult<NewSubmission> {
    let tool_id = tools::table.filter(tools::slug.eq(slug)).select(tools::id).first(conn).optional()?;
    Ok(NewSubmission { tool_id, reviewer_id: None, name: String::new(), content })
}

/// Sends one in and returns its id.
fn send_in(conn: &mut Db, from: &str, new: &NewSubmission, at: NaiveDateTime) -> Result<i64, CliError> {
    let unknown = || CliError::Failed(format!("there is no account {from}"));
    let sender = store::find_by_login(conn, from)?.ok_or_else(unknown)?;
    send(conn, sender.id, new, at).map_err(CliError::at("samples"))?;
    let theirs = submissions::table.filter(submissions::account_id.eq(sender.id));
    Ok(theirs.order(submissions::id.desc()).select(submissions::id).first(conn)?)
}
