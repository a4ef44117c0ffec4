//! Whether a new tool is there already: its form comes back once with those that it may be.

use crate::admin::AdminContext;
use crate::admin::form::FormData;
use crate::catalogue::file::{Record, State};
use crate::catalogue::{Catalogue, Status};
use crate::db::Db;
use crate::submissions::duplicates;
use crate::web::error::AppError;

/// The field that names the tools that were shown already.
const SHOWN: &str = "alike";

/// The tools that a new one may be, unless all of them were shown already; notes in the form that they are.
pub(super) async fn unseen(
    admin: &AdminContext,
    state: &State,
    data: &mut FormData,
) -> Result<Vec<(i64, String, Status)>, AppError> {
    let Record::Tool(tool) = &state.record else { return Ok(Vec::new()) };
    let (name, website) = (tool.name.clone(), tool.website.clone());
    let catalogue = admin.shared::<Catalogue>()?;
    let find = move |conn: &mut Db| {
        let directory = catalogue.current(conn)?;
        Ok(duplicates::of_any_status(conn, &directory, &name, website.as_deref())?)
    };
    let alike = admin.read(find).await?;
    let shown = data.get(SHOWN);
    let shown: Vec<&str> = shown.split(' ').collect();
    let ids: Vec<String> = alike.iter().map(|(id, ..)| id.to_string()).collect();
    if ids.iter().all(|id| shown.contains(&id.as_str())) {
        return Ok(Vec::new());
    }
    data.set(SHOWN, ids.join(" "));
    Ok(alike)
}
