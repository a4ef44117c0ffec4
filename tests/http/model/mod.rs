//! Random sequences of votes and acts in the admin area against a plain model in memory: who voted what, who is excluded or
//! suspended, which address leads where. What the model expects is what the pages of a running site show, and `verify`
//! finds nothing.

mod run;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestRunner;
use shiptally::accounts::Role;
use shiptally::catalogue::Status;
use shiptally::stats::Choice;

use self::run::Run;
use crate::site::TestSite;

const ACCOUNTS: usize = 4;

/// How many addresses there are for the tools of a sequence, which begins with a tool at each of the first three.
const ADDRESSES: usize = 6;

/// Something that somebody does. Tools are named by their number, in the order in which they came to be.
#[derive(Debug, Clone)]
enum Act {
    /// Account, address, choice.
    Vote(usize, usize, Option<Choice>),
    Exclude(Vec<usize>, usize),
    ExcludeAll(usize),
    Undo(usize),
    Suspend(usize),
    Lift(usize),
    Rename(usize, usize),
    SetStatus(usize, Status),
    Merge(usize, usize),
    Withdraw(usize),
    /// A catalogue file with published tools at these addresses.
    Import(Vec<usize>),
    Delete(usize),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let choice = prop_oneof![Just(None), Just(Some(Choice::Ship)), Just(Some(Choice::Skip))];
    let (who, tool, address) = (0..ACCOUNTS, 0..5_usize, 0..ADDRESSES);
    let status = prop_oneof![
        3 => Just(Status::Archived),
        2 => Just(Status::Published),
        1 => Just(Status::Draft),
    ];
    let whose = subsequence((0..ACCOUNTS).collect::<Vec<_>>(), 0..=ACCOUNTS);
    let some = subsequence((0..ADDRESSES).collect::<Vec<_>>(), 1..=2);
    let act = prop_oneof![
        8 => (who.clone(), address.clone(), choice).prop_map(|(who, at, choice)| Act::Vote(who, at, choice)),
        2 => (whose, tool.clone()).prop_map(|(whose, tool)| Act::Exclude(whose, tool)),
        1 => who.clone().prop_map(Act::ExcludeAll),
        2 => (0..6_usize).prop_map(Act::Undo),
        1 => who.clone().prop_map(Act::Suspend),
        1 => who.prop_map(Act::Lift),
        3 => (tool.clone(), address).prop_map(|(tool, at)| Act::Rename(tool, at)),
        2 => (tool.clone(), status).prop_map(|(tool, status)| Act::SetStatus(tool, status)),
        2 => (tool.clone(), tool.clone()).prop_map(|(source, target)| Act::Merge(source, target)),
        2 => tool.clone().prop_map(Act::Withdraw),
        2 => some.prop_map(Act::Import),
        1 => tool.prop_map(Act::Delete),
    ];
    vec(act, 1..40)
}

/// A vote: what it says, when it was cast, and the exclusion that holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Vote {
    choice: Choice,
    at: usize,
    held_by: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    address: usize,
    status: Status,
}

/// A revision that is in force: what was done, what it made of the tool, and when.
#[derive(Debug, Clone, Copy)]
struct Revision {
    can_be_withdrawn: bool,
    state: State,
    at: usize,
}

#[derive(Debug, Clone)]
struct Tool {
    state: State,
    votes: BTreeMap<usize, Vote>,
    revisions: Vec<Revision>,
    /// How many revisions there are, those that were withdrawn included.
    numbered: i64,
    /// The numbers of those in force.
    numbers: Vec<i64>,
}

impl Tool {
    fn new(address: usize) -> Self {
        let state = State { address, status: Status::Published };
        Self { state, votes: BTreeMap::new(), revisions: Vec::new(), numbered: 0, numbers: Vec::new() }
    }

    /// Keeps what it has become, and before that, what was found.
    fn keep(&mut self, before: State, can_be_withdrawn: bool, at: usize) {
        if self.numbered == 0 {
            self.push(Revision { can_be_withdrawn: false, state: before, at });
        }
        self.push(Revision { can_be_withdrawn, state: self.state, at });
    }

    fn push(&mut self, revision: Revision) {
        self.numbered += 1;
        self.numbers.push(self.numbered);
        self.revisions.push(revision);
    }

    fn tally(&self) -> (u64, u64) {
        let count = |choice| {
            self.votes.values().filter(|vote| vote.held_by.is_none() && vote.choice == choice).count() as u64
        };
        (count(Choice::Ship), count(Choice::Skip))
    }
}

/// What must be so.
#[derive(Debug, Default)]
struct Model {
    /// By number; none where it was deleted.
    tools: Vec<Option<Tool>>,
    /// Where a former address leads, and since when: the newest last.
    leads: BTreeMap<usize, Vec<(usize, usize)>>,
    /// Whether an exclusion is in force, and of whose suspension it is.
    exclusions: Vec<(bool, Option<usize>)>,
    suspended: BTreeMap<usize, usize>,
}

impl Model {
    /// The tool that stands at an address, of whatever status.
    fn at(&self, address: usize) -> Option<usize> {
        self.tools.iter().position(|tool| tool.as_ref().is_some_and(|tool| tool.state.address == address))
    }

    fn tool(&self, number: usize) -> Option<&Tool> {
        self.tools.get(number)?.as_ref()
    }

    fn tool_mut(&mut self, number: usize) -> Option<&mut Tool> {
        self.tools.get_mut(number)?.as_mut()
    }

    fn is_published(&self, number: usize) -> bool {
        self.tool(number).is_some_and(|tool| tool.state.status == Status::Published)
    }

    /// The published tool that readers find at an address.
    fn found_at(&self, address: usize) -> Option<usize> {
        let own = self.at(address).filter(|number| self.is_published(*number));
        let former = self.leads.get(&address).into_iter().flatten().rev().map(|(number, _)| *number);
        own.or_else(|| former.into_iter().find(|number| self.is_published(*number)))
    }

    /// Whether a tool may stand at an address.
    fn may_stand(&self, number: usize, address: usize) -> bool {
        self.at(address).is_none_or(|other| other == number)
            && (self.tool(number).is_some_and(|tool| tool.state.address == address)
                || self.leads_to(address).is_none_or(|other| other == number))
    }

    /// Where an address leads that a tool had last.
    fn leads_to(&self, address: usize) -> Option<usize> {
        self.leads.get(&address)?.last().map(|(number, _)| *number)
    }

    /// Lets an address lead nowhere that leads on to a tool, or since a time, of which this holds.
    fn forget(&mut self, address: usize, is_meant: impl Fn(usize, usize) -> bool) {
        if let Some(leads) = self.leads.get_mut(&address) {
            leads.retain(|(number, since)| !is_meant(*number, *since));
        }
    }

    fn votes_of(&mut self, account: usize) -> impl Iterator<Item = &mut Vote> {
        self.tools.iter_mut().flatten().filter_map(move |tool| tool.votes.get_mut(&account))
    }

    /// Changes a tool as its form does, and says whether it may.
    fn edit(&mut self, number: usize, state: State, can_be_withdrawn: bool, now: usize) -> bool {
        let Some(before) = self.tool(number).map(|tool| tool.state) else { return false };
        if !self.may_stand(number, state.address) {
            return false;
        }
        if before.address != state.address {
            let leads = self.leads_to(before.address);
            if leads.is_none() || (before.status == Status::Published && leads != Some(number)) {
                self.leads.entry(before.address).or_default().push((number, now));
            }
        }
        if let Some(tool) = self.tool_mut(number).filter(|_| before != state) {
            tool.state = state;
            tool.keep(before, can_be_withdrawn, now);
        }
        true
    }

    fn undo(&mut self, exclusion: usize) {
        self.exclusions[exclusion].0 = false;
        let suspended = self.suspended.clone();
        for tool in self.tools.iter_mut().flatten() {
            for (account, vote) in &mut tool.votes {
                if vote.held_by == Some(exclusion) {
                    vote.held_by = suspended.get(account).copied();
                }
            }
        }
    }
}

#[test]
fn whatever_is_done_pages_show_what_a_plain_model_expects() {
    let site = TestSite::start();
    let (visitor, conn, runs) = (site.browser(), RefCell::new(site.connect()), RefCell::new(0));
    let config = ProptestConfig {
        cases: 24,
        max_shrink_iters: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let runtime = actix_web::rt::Runtime::new().unwrap();
    let tested = TestRunner::new(config).run(&acts(), |acts| {
        *runs.borrow_mut() += 1;
        let prefix = format!("run-{}", runs.borrow());
        let people: Vec<i64> =
            (0..ACCOUNTS).map(|n| site.account(&format!("{prefix}-{n}"), Role::Member)).collect();
        let conn = &mut *conn.borrow_mut();
        let mut run = Run::new(conn, prefix, &people);
        let begun = run.import(&[0, 1, 2]);
        prop_assert_eq!(begun, (true, true));
        for act in &acts {
            run.perform(act)?;
        }
        let found = shiptally::cli::verify::differences(run.conn).unwrap();
        prop_assert_eq!(found, Vec::<String>::new());
        site.settle();
        let wrong = runtime.block_on(run.look(&visitor));
        prop_assert_eq!(wrong, Vec::<String>::new());
        Ok(())
    });
    // One act on a line, for whoever has to read it.
    let told = tested.err().map(|found| format!("{found:?}").replace("), ", "),\n"));
    assert!(told.is_none(), "{}", told.unwrap_or_default());
}
