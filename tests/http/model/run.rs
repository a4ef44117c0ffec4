//! A sequence of acts, done to the model and to the database that a running site serves.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDateTime};
use diesel::QueryResult;
use proptest::prelude::*;
use serde_json::json;
use shiptally::catalogue::edit::{self, Edit};
use shiptally::catalogue::file::{self, Record};
use shiptally::catalogue::history::By;
use shiptally::catalogue::merge::Merging;
use shiptally::catalogue::{Act as Done, RecordKind, Status, addresses, delete, merge, withdraw};
use shiptally::config::Voters;
use shiptally::db::Db;
use shiptally::db::versions::{self, Of};
use shiptally::integrity::exclusion::{self, ExclusionResult, NewExclusion};
use shiptally::integrity::vote_set::VoteSet;
use shiptally::integrity::{self, suspension};
use shiptally::stats::Choice;
use shiptally::votes::cast::cast_all;
use shiptally::votes::vote::Intent;
use shiptally::votes::{self, ExclusionKind};

use super::{ADDRESSES, Act, Model, State, Tool, Vote};
use crate::page::Page;
use crate::site::{Browser, shown_tally};

/// A site, and what a sequence does to it beside the model.
pub(super) struct Run<'a> {
    pub(super) conn: &'a mut Db,
    /// Tells the tools of this sequence from those of others.
    prefix: String,
    people: &'a [i64],
    model: Model,
    /// The ids of tools and exclusions by their numbers.
    tools: Vec<i64>,
    exclusions: Vec<i64>,
    now: usize,
}

impl<'a> Run<'a> {
    /// Begins with nothing; `prefix` tells the tools of this sequence from those of others.
    pub(super) fn new(conn: &'a mut Db, prefix: String, people: &'a [i64]) -> Self {
        Self {
            conn,
            prefix,
            people,
            model: Model::default(),
            tools: Vec::new(),
            exclusions: Vec::new(),
            now: 0,
        }
    }

    fn slug(&self, address: usize) -> String {
        format!("{}-{address}", self.prefix)
    }

    fn time(&self) -> NaiveDateTime {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap().naive_utc()
            + Duration::seconds(i64::try_from(self.now).unwrap())
    }

    fn by(&self) -> By<'static> {
        By { account_id: None, reason: "A test", at: self.time() }
    }

    /// One transaction of an act in the admin area, which takes its turn first.
    fn in_moderation<T, E: From<diesel::result::Error>>(
        &mut self,
        work: impl FnOnce(&mut Db) -> Result<T, E>,
    ) -> Result<T, E> {
        self.conn.write(|conn| {
            versions::take_turn(conn, Of::Catalogue)?;
            work(conn)
        })
    }

    /// Does it, and says where the site answers otherwise than the model.
    pub(super) fn perform(&mut self, act: &Act) -> Result<(), TestCaseError> {
        self.now += 1;
        let now = self.now;
        let (expected, done) = match act {
            Act::Vote(who, address, choice) => self.vote(*who, *address, *choice),
            Act::Exclude(whose, tool) => {
                let Some(id) = self.tools.get(*tool).copied() else { return Ok(()) };
                let which = VoteSet::on_tool(id, whose.iter().map(|who| self.people[*who]).collect());
                let whose: BTreeSet<usize> = whose.iter().copied().collect();
                let held = self.model.tool_mut(*tool).into_iter().flat_map(|tool| tool.votes.iter_mut());
                let counted: Vec<&mut Vote> = held
                    .filter(|(who, vote)| whose.contains(who) && vote.held_by.is_none())
                    .map(|(_, vote)| vote)
                    .collect();
                let number = self.exclusions.len();
                let expected = !counted.is_empty();
                counted.into_iter().for_each(|vote| vote.held_by = Some(number));
                (expected, self.exclude(None, |conn, order| exclusion::exclude(conn, &which, order)))
            }
            Act::ExcludeAll(who) => {
                let number = self.exclusions.len();
                let counted: Vec<&mut Vote> =
                    self.model.votes_of(*who).filter(|vote| vote.held_by.is_none()).collect();
                let expected = !counted.is_empty();
                counted.into_iter().for_each(|vote| vote.held_by = Some(number));
                let account = self.people[*who];
                let all =
                    |conn: &mut Db, order: &NewExclusion<'_>| exclusion::exclude_all_of(conn, account, order);
                (expected, self.exclude(Some(account), all))
            }
            Act::Undo(number) => {
                let Some(id) = self.exclusions.get(*number).copied() else { return Ok(()) };
                let expected = matches!(self.model.exclusions[*number], (true, None));
                if expected {
                    self.model.undo(*number);
                }
                let (by, at) = (self.people[0], self.time());
                (expected, self.in_moderation(|conn| exclusion::undo(conn, id, by, at)).is_ok())
            }
            Act::Suspend(who) => self.suspend(*who),
            Act::Lift(who) => {
                let suspension = self.model.suspended.remove(who);
                if let Some(number) = suspension {
                    self.model.undo(number);
                }
                let (account, by, at) = (self.people[*who], self.people[0], self.time());
                (
                    suspension.is_some(),
                    self.in_moderation(|conn| suspension::lift(conn, account, by, at)).is_ok(),
                )
            }
            Act::Rename(number, address) => {
                let Some(state) = self.model.tool(*number).map(|tool| tool.state) else { return Ok(()) };
                let state = State { address: *address, ..state };
                (self.model.edit(*number, state, true, now), self.edit(*number, state))
            }
            Act::SetStatus(number, status) => {
                let Some(state) = self.model.tool(*number).map(|tool| tool.state) else { return Ok(()) };
                let state = State { status: *status, ..state };
                (self.model.edit(*number, state, true, now), self.edit(*number, state))
            }
            Act::Merge(source, target) => self.merge(*source, *target),
            Act::Withdraw(number) => self.withdraw(*number),
            Act::Import(addresses) => self.import(addresses),
            Act::Delete(number) => self.delete(*number),
        };
        prop_assert_eq!(done, expected, "{:?}", act);
        Ok(())
    }

    fn vote(&mut self, who: usize, address: usize, choice: Option<Choice>) -> (bool, bool) {
        let intent = Intent { account_id: self.people[who], tool: self.slug(address), choice, network: None };
        let at = self.time();
        let done = cast_all(self.conn, &[intent], Voters::Anyone, at).unwrap().remove(0).is_ok();
        let Some(number) = self.model.found_at(address).filter(|_| !self.model.suspended.contains_key(&who))
        else {
            return (false, done);
        };
        let now = self.now;
        let Some(tool) = self.model.tool_mut(number) else { return (false, done) };
        let old = tool.votes.get(&who).copied();
        if old.is_some_and(|vote| vote.held_by.is_some()) {
            return (false, done);
        }
        match choice {
            None => drop(tool.votes.remove(&who)),
            // The same vote again is the same vote.
            Some(choice) if old.is_some_and(|vote| vote.choice == choice) => {}
            Some(choice) => drop(tool.votes.insert(who, Vote { choice, at: now, held_by: None })),
        }
        (true, done)
    }

    fn exclude(
        &mut self,
        subject: Option<i64>,
        work: impl FnOnce(&mut Db, &NewExclusion<'_>) -> QueryResult<Option<ExclusionResult>>,
    ) -> bool {
        let order = NewExclusion {
            kind: ExclusionKind::Other,
            reason: "A test",
            subject,
            by: self.people[0],
            at: self.time(),
        };
        let done = self.in_moderation(|conn| work(conn, &order)).unwrap();
        if let Some(moved) = &done {
            self.exclusions.push(moved.exclusion_id);
            self.model.exclusions.push((true, None));
        }
        done.is_some()
    }

    fn suspend(&mut self, who: usize) -> (bool, bool) {
        let (account, by, at) = (self.people[who], self.people[0], self.time());
        let done = self.in_moderation(|conn| suspension::suspend(conn, account, "A test", by, at));
        if let Ok(moved) = &done {
            self.exclusions.push(moved.exclusion_id);
        }
        if self.model.suspended.contains_key(&who) {
            return (false, done.is_ok());
        }
        let number = self.model.exclusions.len();
        self.model.exclusions.push((true, Some(who)));
        self.model
            .votes_of(who)
            .filter(|vote| vote.held_by.is_none())
            .for_each(|vote| vote.held_by = Some(number));
        self.model.suspended.insert(who, number);
        (true, done.is_ok())
    }

    fn edit(&mut self, number: usize, to: State) -> bool {
        let (id, slug, by) = (self.tools[number], self.slug(to.address), self.by());
        let done = self.in_moderation(|conn| {
            let mut state = edit::stored(conn, RecordKind::Tool, id)?.ok_or(edit::EditError::Gone)?;
            if let Record::Tool(tool) = &mut state.record {
                tool.slug = slug.parse().unwrap();
            }
            let state = state.with_status(to.status);
            edit::store(conn, Edit { id: Some(id), seen: None, state: &state, act: Done::Edited, by })
        });
        done.is_ok()
    }

    fn merge(&mut self, source: usize, target: usize) -> (bool, bool) {
        let (Some(from), Some(into)) = (self.tools.get(source).copied(), self.tools.get(target).copied())
        else {
            return (false, false);
        };
        let by = self.by();
        let done = self.in_moderation(|conn| {
            versions::take_turn(conn, Of::Catalogue)?;
            versions::take_turn(conn, Of::Votes)?;
            let merging = Merging {
                kind: RecordKind::Tool,
                source: from,
                target: into,
                becomes: None,
                submissions: Vec::new(),
                by,
            };
            let merge = merge::merge(conn, merging)?;
            let _ = integrity::merge::merge(conn, &merge)?;
            Ok::<_, edit::EditError>(())
        });
        let (Some(gone), Some(_)) = (self.model.tool(source), self.model.tool(target)) else {
            return (false, done.is_ok());
        };
        let into = self.model.tool(target).map(|tool| tool.state.status);
        // Readers would lose a published one in a draft, and an archived one stays as it is.
        let may = match into {
            Some(Status::Published) => true,
            Some(Status::Draft) => gone.state.status != Status::Published,
            _ => false,
        };
        if source == target || !may {
            return (false, done.is_ok());
        }
        let (gone, now) = (gone.clone(), self.now);
        let mut left = BTreeMap::new();
        for (who, ours) in gone.votes {
            let stays = self.model.tool_mut(target).map(|tool| &mut tool.votes);
            let Some(votes) = stays else { continue };
            let rank = |vote: &Vote| (vote.held_by.is_none(), vote.at);
            match votes.get(&who).copied() {
                Some(theirs) if rank(&theirs) > rank(&ours) => drop(left.insert(who, ours)),
                Some(theirs) => {
                    left.insert(who, theirs);
                    votes.insert(who, ours);
                }
                None => drop(votes.insert(who, ours)),
            }
        }
        for (number, _) in self.model.leads.values_mut().flatten() {
            if *number == source {
                *number = target;
            }
        }
        if let Some(tool) = self.model.tool_mut(target) {
            let state = tool.state;
            tool.keep(state, false, now);
            self.model.forget(state.address, |_, _| true);
        }
        if let Some(tool) = self.model.tool_mut(source) {
            tool.votes = left;
            tool.state.status = Status::Archived;
            tool.keep(gone.state, false, now);
        }
        self.model.leads.entry(gone.state.address).or_default().push((target, now));
        (true, done.is_ok())
    }

    fn withdraw(&mut self, number: usize) -> (bool, bool) {
        let Some(tool) = self.model.tool(number) else { return (false, false) };
        let newest = tool.numbers.last().copied().unwrap_or(1);
        let (id, by) = (self.tools[number], self.by());
        let done =
            self.in_moderation(|conn| withdraw::withdraw(conn, (RecordKind::Tool, id), newest, by)).is_ok();
        let revisions = self.model.tool(number).map(|tool| tool.revisions.clone()).unwrap_or_default();
        let [.., former, made] = revisions.as_slice() else { return (false, done) };
        if !made.can_be_withdrawn {
            return (false, done);
        }
        let now = self.now;
        let stored = self.model.tool(number).map(|tool| tool.state);
        if !self.model.edit(number, former.state, false, now) {
            return (false, done);
        }
        if made.state.address != former.state.address {
            self.model.forget(made.state.address, |_, since| since >= now);
        }
        self.model.forget(former.state.address, |_, since| since >= made.at);
        if let Some(tool) = self.model.tool_mut(number) {
            // The withdrawal is no revision in force, and what it took back is none any more.
            let kept = if stored == Some(former.state) { 1 } else { 2 };
            tool.revisions.truncate(tool.revisions.len() - kept);
            tool.numbers.truncate(tool.revisions.len());
        }
        (true, done)
    }

    pub(super) fn import(&mut self, addresses: &[usize]) -> (bool, bool) {
        let tool = |address: usize| {
            let slug = self.slug(address);
            json!({"slug": slug, "name": "One", "category": "research", "tagline": "One of many", "status": "published"})
        };
        let file = json!({"format": "shiptally-catalogue/1", "tools": addresses.iter().copied().map(tool).collect::<Vec<_>>()});
        let at = self.time();
        let parsed = file::parse(&file.to_string()).unwrap();
        let done = file::import(self.conn, &parsed, at, |_, _| {}).is_ok();
        let leads_elsewhere = |address: &usize| {
            let own = self.model.at(*address);
            let is_used = own.and_then(|number| self.model.tool(number));
            let is_used = is_used.is_some_and(|tool| tool.state.status != Status::Archived);
            let leads = self.model.leads_to(*address);
            !is_used && leads.is_some() && leads != own
        };
        if addresses.iter().any(leads_elsewhere) {
            return (false, done);
        }
        let now = self.now;
        for address in addresses {
            match self.model.at(*address) {
                Some(number) => {
                    let Some(tool) = self.model.tool_mut(number) else { continue };
                    let before = tool.state;
                    tool.state.status = Status::Published;
                    if tool.state != before {
                        tool.keep(before, true, now);
                    }
                }
                None => {
                    self.model.tools.push(Some(Tool::new(*address)));
                    let slug = self.slug(*address);
                    let id = addresses::id_by_slug(self.conn, RecordKind::Tool, &slug).unwrap();
                    self.tools.push(id.unwrap_or_default());
                }
            }
        }
        (true, done)
    }

    fn delete(&mut self, number: usize) -> (bool, bool) {
        let Some(id) = self.tools.get(number).copied() else { return (false, false) };
        let by = self.by();
        let done = self.in_moderation(|conn| {
            votes::delete::forget(conn, id)?;
            delete::delete(conn, RecordKind::Tool, id, by)
        });
        let is_archived = self.model.tool(number).is_some_and(|tool| tool.state.status == Status::Archived);
        if is_archived {
            self.model.tools[number] = None;
            (0..ADDRESSES).for_each(|address| self.model.forget(address, |leads, _| leads == number));
        }
        (is_archived, done.is_ok())
    }

    /// Says where the pages show otherwise than the model: what stands at each address, and its tally.
    pub(super) async fn look(&self, visitor: &Browser) -> Vec<String> {
        let mut wrong = Vec::new();
        for address in 0..ADDRESSES {
            let slug = self.slug(address);
            let answer = visitor.get(&format!("/tools/{slug}")).await;
            let (status, leads) =
                (answer.status().as_u16(), crate::site::header(&answer, "location").to_owned());
            let (shown, expected) = match self
                .model
                .found_at(address)
                .and_then(|number| self.model.tool(number))
            {
                None => (format!("{status}"), "404".to_owned()),
                Some(tool) if tool.state.address == address => {
                    let page = Page::read(answer).await;
                    (format!("{status} {:?}", shown_tally(&page, &slug)), format!("200 {:?}", tool.tally()))
                }
                Some(tool) => {
                    let there = format!("/tools/{}", self.slug(tool.state.address));
                    (format!("{status} to {leads}"), format!("308 to {there}"))
                }
            };
            if shown != expected {
                wrong.push(format!("{slug}: {shown}, and not {expected}"));
            }
        }
        wrong
    }
}
