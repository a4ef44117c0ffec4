//! What the first screen shows, with a short memory of what is long to count.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::QueryResult;

use super::attention::{self, Due, Incoming};
use super::week::{self, Week};
use crate::admin::settings;
use crate::catalogue::Catalogue;
use crate::db::Db;

/// For how long the week's figures are not counted anew.
const REMEMBERED: Duration = Duration::from_secs(60);

/// The memory of this process.
#[derive(Default)]
pub struct Figures {
    /// What is due depends on the catalogue, the day and a setting alone.
    due: Mutex<Option<(i64, NaiveDate, Due)>>,
    week: Mutex<Option<(Instant, NaiveDate, Week)>>,
}

/// All that the first screen shows.
pub(super) struct Sight {
    pub incoming: Incoming,
    pub due: Due,
    pub week: Week,
}

impl Figures {
    pub(super) fn sight(
        &self,
        conn: &mut Db,
        catalogue: &Catalogue,
        now: NaiveDateTime,
    ) -> QueryResult<Sight> {
        Ok(Sight {
            incoming: attention::incoming(conn)?,
            due: self.due(conn, catalogue, now.date())?,
            week: self.week(conn, now.date())?,
        })
    }

    fn due(&self, conn: &mut Db, catalogue: &Catalogue, today: NaiveDate) -> QueryResult<Due> {
        let stale_days = settings::stale_days(conn)?;
        let directory = catalogue.current(conn)?;
        let mut held = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, day, due)) = *held
            && (version, day, due.stale_days) == (directory.version, today, stale_days)
        {
            return Ok(due);
        }
        let due = attention::due(conn, &directory, today, stale_days)?;
        *held = Some((directory.version, today, due));
        Ok(due)
    }

    fn week(&self, conn: &mut Db, today: NaiveDate) -> QueryResult<Week> {
        let mut held = self.week.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((counted, day, week)) = &*held
            && (counted.elapsed() < REMEMBERED && *day == today)
        {
            return Ok(week.clone());
        }
        let week = week::week(conn, today)?;
        *held = Some((Instant::now(), today, week.clone()));
        Ok(week)
    }
}
