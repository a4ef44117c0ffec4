//! A site under measurement: its people, the requests they send, and the proof that no vote of
//! theirs got lost.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use diesel::prelude::*;
use shiptally::catalogue::{Directory, search};
use shiptally::cli::verify;
use shiptally::db::DatabaseUrl;
use shiptally::db::schema::{accounts, tools, votes};

use crate::data::{self, Dice, PASSWORD, Size};
use crate::load::Steady;
use crate::process::{Server, send};

/// How many people are signed in, and over how many connections they come.
pub(crate) const PEOPLE: usize = 64;

/// On how many tools they vote.
const VOTED: usize = 100;

/// How many connections carry votes at a steady rate; it divides [`PEOPLE`], so that the votes of
/// one account stay in their order.
const STEADY: usize = 32;

/// A running site on a data set of its own.
pub(crate) struct Site {
    pub server: Server,
    pub size: Size,
    file: PathBuf,
    cookies: Vec<String>,
    account_ids: Vec<i64>,
    tool_ids: HashMap<String, i64>,
    /// The slugs of the tools that are voted on.
    voted: Vec<String>,
    words: Vec<String>,
    /// Counts the votes on all tools, so that each changes the one before it.
    turn: usize,
    searched: usize,
    /// What was answered last for each account and tool.
    ledger: HashMap<(usize, String), bool>,
}

/// The address of the comparison under measurement, on any site.
pub(crate) fn pair_path() -> Result<String> {
    Ok(path_of(&data::words()?))
}

fn path_of(words: &[String]) -> String {
    let [first, second] = data::pair(words);
    format!("/compare/{first}-vs-{second}")
}

/// A request that opens a stream.
pub(crate) fn stream_of(address: SocketAddr, path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\
         Accept-Encoding: gzip, deflate, br\r\n\r\n"
    )
}

/// Signs somebody in and returns the cookie.
pub(crate) fn sign_in(server: &Server, handle: &str) -> Result<String> {
    let host = format!("Host: {}\r\n", server.address);
    let body = format!("email={handle}&password={PASSWORD}");
    let answer = server.ask(&format!(
        "POST /login HTTP/1.1\r\n{host}Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))?;
    ensure!(answer.status == 303, "signing in: {}", answer.head);
    let cookie = answer.cookie().context("no cookie")?;
    // The first page shows a line once.
    let answer =
        server.ask(&format!("GET / HTTP/1.1\r\n{host}Cookie: {cookie}\r\nConnection: close\r\n\r\n"))?;
    ensure!(answer.status == 200, "after signing in: {}", answer.head);
    Ok(cookie)
}

/// The address of the nth search: two words drawn at random.
pub(crate) fn search_path(words: &[String], number: usize) -> String {
    let mut dice = Dice::new(number + 77_000_001);
    let (one, two) = (&words[dice.below(words.len())], &words[dice.below(words.len())]);
    // The number makes it new where chance repeats the words.
    format!("/tools?q={one}+{two}&x={number}")
}

/// A vote to be: by whom, on what, and whether it says ship.
type Vote = (usize, String, bool);

impl Site {
    /// Starts the site on a copy of the data and signs everybody in.
    pub(crate) fn open(size: Size) -> Result<Self> {
        let file = data::copy(size, size.name)?;
        let server = Server::site(&file)?;
        let mut conn = DatabaseUrl::Sqlite(file.clone()).connect()?;
        let words = data::words()?;
        let handles: Vec<String> = size.some_accounts(PEOPLE).collect();
        let ids: HashMap<String, i64> = accounts::table
            .filter(accounts::handle.eq_any(&handles))
            .select((accounts::handle, accounts::id))
            .load::<(String, i64)>(&mut conn)?
            .into_iter()
            .collect();
        let account_ids: Vec<i64> = handles.iter().filter_map(|handle| ids.get(handle).copied()).collect();
        ensure!(account_ids.len() == PEOPLE, "accounts are missing");
        let voted: Vec<String> = (0..VOTED).map(|number| data::slug(&words, number)).collect();
        let tool_ids: HashMap<String, i64> =
            tools::table.select((tools::slug, tools::id)).load(&mut conn)?.into_iter().collect();
        let mut site = Self {
            server,
            size,
            file,
            cookies: Vec::new(),
            account_ids,
            tool_ids,
            voted,
            words,
            turn: 0,
            searched: 0,
            ledger: HashMap::new(),
        };
        for handle in &handles {
            let cookie = sign_in(&site.server, handle)?;
            site.cookies.push(cookie);
        }
        site.vote_on_pair()?;
        Ok(site)
    }

    fn host(&self) -> String {
        format!("Host: {}\r\n", self.server.address)
    }

    /// Everybody votes on both tools of the pair.
    fn vote_on_pair(&mut self) -> Result<()> {
        let votes: Vec<Vote> = self.pair_votes(PEOPLE * 2);
        let requests = votes.iter().map(|vote| self.vote_request(vote)).collect();
        let steady = Steady { connections: STEADY, per_second: 1000.0, requests };
        let answers = send(crate::load::Requests {
            address: self.server.address,
            connections: 1,
            seconds: 1.0,
            requests: vec![self.page()],
            once: false,
            beside: Some(steady),
        })?;
        self.enter(&votes, &answers.beside);
        ensure!(answers.beside.iter().sum::<usize>() == votes.len(), "not everybody voted");
        Ok(())
    }

    /// The address of the comparison under measurement.
    pub(crate) fn pair_path(&self) -> String {
        path_of(&self.words)
    }

    /// A visitor's request for the comparison.
    pub(crate) fn page(&self) -> String {
        self.get(&self.pair_path())
    }

    fn get(&self, path: &str) -> String {
        format!("GET {path} HTTP/1.1\r\n{}Accept-Encoding: gzip, deflate, br\r\n\r\n", self.host())
    }

    /// The same request of each who is signed in.
    pub(crate) fn own_pages(&self) -> Vec<String> {
        let page = |cookie| {
            let request = self.page();
            format!("{}Cookie: {cookie}\r\n\r\n", request.trim_end_matches("\r\n").to_owned() + "\r\n")
        };
        self.cookies.iter().map(page).collect()
    }

    /// A request that opens a stream.
    pub(crate) fn stream(&self, path: &str) -> String {
        stream_of(self.server.address, path)
    }

    /// Searches of two words each, none of them sent before.
    pub(crate) fn searches(&mut self, count: usize) -> Vec<String> {
        let first = self.searched;
        self.searched += count;
        (first..first + count).map(|number| self.get(&search_path(&self.words, number))).collect()
    }

    /// Searches that find as much in any data, none of them sent before: by turns nothing, one tool by its whole name,
    /// and a full page of what has one of these words.
    pub(crate) fn searches_alike(&mut self, common: &[String], count: usize) -> Vec<String> {
        let first = self.searched;
        self.searched += count;
        let path = |number: usize| self.get(&format!("/tools?q={}&x={number}", self.alike(common, number)));
        (first..first + count).map(path).collect()
    }

    /// The words of the nth of these searches.
    fn alike(&self, common: &[String], number: usize) -> String {
        let mut dice = Dice::new(number + 55_000_001);
        let mut any = |words: &[String]| words[dice.below(words.len())].clone();
        match number % 3 {
            // No word begins so.
            0 => format!("{}+zq{}", any(&self.words), any(&self.words)),
            1 => data::slug(&self.words, number * 7919 % self.size.tools).replace('-', "+"),
            _ => any(common),
        }
    }

    /// How many of these searches a second one connection to the database answers, without a server.
    pub(crate) fn bare_searches(&self, common: &[String], seconds: f64) -> Result<f64> {
        let mut conn = DatabaseUrl::Sqlite(self.file.clone()).connect()?;
        let directory = Directory::load(&mut conn)?;
        let (start, mut count) = (Instant::now(), 0);
        while start.elapsed().as_secs_f64() < seconds {
            search::find(&mut conn, &directory, &self.alike(common, count).replace('+', " "))?;
            count += 1;
        }
        Ok(count as f64 / start.elapsed().as_secs_f64())
    }

    /// The words that at least so many tools have.
    pub(crate) fn common_words(&self, tools: usize) -> Result<Vec<String>> {
        let mut conn = DatabaseUrl::Sqlite(self.file.clone()).connect()?;
        let directory = Directory::load(&mut conn)?;
        let mut common = Vec::new();
        for word in &self.words {
            if search::find(&mut conn, &directory, word)?.len() >= tools {
                common.push(word.clone());
            }
        }
        ensure!(!common.is_empty(), "no word is in {tools} tools");
        Ok(common)
    }

    /// Account, tool and choice of the nth vote on all tools.
    pub(crate) fn nth(&self, number: usize) -> (i64, i64, bool) {
        let (person, tool, ship) = self.nth_vote(number);
        (self.account_ids[person], self.tool_ids[&tool], ship)
    }

    /// Neighbours in this order are by different people on different tools, and each changes the
    /// vote that the same person had on the same tool.
    fn nth_vote(&self, number: usize) -> Vote {
        let tool = (number * 37 + number / PEOPLE) % VOTED;
        (number % PEOPLE, self.voted[tool].clone(), (number / (PEOPLE * VOTED)).is_multiple_of(2))
    }

    /// Votes on all tools, from the `first`th on, for another server.
    pub(crate) fn nth_requests(&self, first: usize, count: usize) -> Vec<String> {
        (first..first + count).map(|number| self.vote_request(&self.nth_vote(number))).collect()
    }

    /// The next votes on all tools.
    pub(crate) fn votes(&self, count: usize) -> Vec<Vote> {
        (self.turn..self.turn + count).map(|number| self.nth_vote(number)).collect()
    }

    /// Votes on the two tools of the pair by turns, each of which changes the one before it.
    pub(crate) fn pair_votes(&self, count: usize) -> Vec<Vote> {
        let pair = data::pair(&self.words);
        let mut last = self.ledger.clone();
        (0..count)
            .map(|number| {
                let (person, tool) = (number % PEOPLE, &pair[number / PEOPLE % 2]);
                let ship = !last.get(&(person, tool.clone())).copied().unwrap_or_default();
                last.insert((person, tool.clone()), ship);
                (person, tool.clone(), ship)
            })
            .collect()
    }

    /// The same, so many in a second.
    pub(crate) fn steady(&self, votes: &[Vote], per_second: f64) -> Steady {
        let requests = votes.iter().map(|vote| self.vote_request(vote)).collect();
        Steady { connections: STEADY, per_second, requests }
    }

    pub(crate) fn vote_request(&self, (person, tool, ship): &Vote) -> String {
        let body = if *ship { "choice=ship" } else { "choice=skip" };
        format!(
            "POST /tools/{tool}/vote HTTP/1.1\r\n{}Cookie: {}\r\nx-account: {}\r\nAccept: application/json\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.host(),
            self.cookies[*person],
            self.account_ids[*person],
            body.len()
        )
    }

    /// Notes which of the votes were answered: so many by each connection, which took turns.
    pub(crate) fn enter(&mut self, votes: &[Vote], by_connection: &[usize]) {
        let connections = by_connection.len();
        for (connection, answered) in by_connection.iter().enumerate() {
            for (person, tool, ship) in votes.iter().skip(connection).step_by(connections).take(*answered) {
                self.ledger.insert((*person, tool.clone()), *ship);
            }
        }
    }

    /// Goes on behind the votes that were sent, in whole rounds of everybody.
    pub(crate) fn advance(&mut self, by_connection: &[usize]) {
        let most = by_connection.iter().max().copied().unwrap_or_default();
        self.turn += most * by_connection.len();
    }

    /// Finds every answered vote in the database, and every tally equal to its votes. Returns how
    /// many votes were looked up.
    pub(crate) fn check(&self) -> Result<usize> {
        let mut conn = DatabaseUrl::Sqlite(self.file.clone()).connect()?;
        for ((person, tool), ship) in &self.ledger {
            let stored: i16 = votes::table
                .filter(votes::account_id.eq(self.account_ids[*person]))
                .filter(votes::tool_id.eq(self.tool_ids[tool]))
                .select(votes::choice)
                .first(&mut conn)
                .with_context(|| format!("the vote of {person} on {tool} is missing"))?;
            ensure!(stored == i16::from(*ship), "the vote of {person} on {tool} is not the last one");
        }
        let wrong = verify::differences(&mut conn)?;
        ensure!(wrong.is_empty(), "tallies differ: {}", wrong.join("; "));
        Ok(self.ledger.len())
    }
}
