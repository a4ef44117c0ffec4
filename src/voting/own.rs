//! The vote forms of a page as somebody who is signed in sees them; all else on the page is the same for everybody.

use actix_web::{HttpRequest, web};
use askama::Template;

use super::{
    App, store,
    views::{VoteForm, mine},
};
use crate::{
    accounts::Visit,
    catalogue::{Directory, Tool},
    db::Db,
    web::{error::AppError, slots::Pieces},
};

/// How the name of a slot with a vote form begins; the tool's slug follows.
const SLOT: &str = "vote ";

/// Makes the forms of the page that is asked for, for whoever looks at it.
pub fn own_forms(
    request: &HttpRequest,
    visit: &Visit,
    app: &web::Data<App>,
) -> impl AsyncFnOnce(Vec<String>) -> Result<Pieces, AppError> + use<> {
    let (account_id, path) = (visit.account_id(), request.path().to_owned());
    let app = app.clone();
    async move |slots| {
        let Some(id) = account_id else { return Ok(Pieces::new()) };
        let directory = app.catalogue.snapshot().await?;
        app.database.run(move |conn| forms(conn, &directory, id, &slots, &path)).await
    }
}

/// The forms for those of these slots that are for votes, on the page at `path`.
fn forms(
    conn: &mut Db,
    directory: &Directory,
    account_id: i64,
    slots: &[String],
    path: &str,
) -> Result<Pieces, AppError> {
    let tools: Vec<&Tool> =
        slots.iter().filter_map(|slot| Some(&**directory.tool(slot.strip_prefix(SLOT)?)?)).collect();
    let ids: Vec<i64> = tools.iter().map(|tool| tool.id).collect();
    let votes = store::own_votes(conn, account_id, &ids)?;
    tools
        .into_iter()
        .map(|tool| {
            let vote = votes.get(&tool.id);
            let form = VoteForm {
                mine: mine(vote),
                set_aside: vote.is_some_and(|vote| vote.set_aside),
                signed_in: true,
                ..VoteForm::of(tool, path)
            };
            Ok((format!("{SLOT}{}", tool.slug), form.render()?))
        })
        .collect()
}
