//! Full-text search over the tools, in the index of the database: FTS5 on SQLite, `tsvector` on PostgreSQL.
//!
//! The database finds and weighs, over words that [`search_words`](super::search_words) has made of text and query
//! alike; what comes first is decided here, for both. The index is written in the transaction that writes the tool, by
//! code and not by a trigger.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Double, Text};
use diesel::sqlite::Sqlite;

use super::directory::Directory;
use super::search_words::{RULES, joined, words};
use crate::db::Db;
use crate::db::schema::{categories, search_rules, tools};
use crate::db::versions::{self, Of};

/// The most words of a query that count; more only narrow what is already narrow.
const MOST_WORDS: usize = 8;

/// Words that say nothing of what is searched for, so that they hide nothing: “tool for the terminal” finds what
/// “tool terminal” does. A query of nothing else is searched for as it is.
const STOP_WORDS: [&str; 22] = [
    "a", "an", "and", "as", "at", "by", "can", "for", "from", "i", "in", "is", "of", "on", "or", "that",
    "the", "to", "versus", "vs", "which", "with",
];

/// A tool that has every word.
#[derive(Queryable, QueryableByName)]
struct Match {
    #[diesel(sql_type = BigInt)]
    tool_id: i64,
    /// The less, the better it fits.
    #[diesel(sql_type = Double)]
    weight: f64,
}

/// How well a name fits a query, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum NameFit {
    Exact,
    BeginsSo,
    HasEveryWord,
    Otherwise,
}

/// The published tools in which every word of `query`, but for stop words, begins some word, best first, as places in
/// [`Directory::tools`]. A query without words finds nothing.
///
/// First comes the tool of exactly that name, then those whose names begin with it, then those with every word in
/// the name, then the rest; within each, by `bm25` or `ts_rank_cd` with the weights name 10, tagline 4, category 3,
/// description 1, and of equals by name.
pub fn find(conn: &mut Db, directory: &Directory, query: &str) -> QueryResult<Vec<usize>> {
    let mut words = words(query);
    let name = words.join(" ");
    leave_out_stop_words(&mut words);
    words.truncate(MOST_WORDS);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: Vec<(NameFit, f64, usize)> = matches(conn, &words)?
        .into_iter()
        .filter_map(|Match { tool_id, weight }| {
            let place = directory.position(tool_id)?;
            Some((NameFit::of(directory.search_name(place)?, &name, &words), weight, place))
        })
        .collect();
    found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    Ok(found.into_iter().map(|(_, _, place)| place).collect())
}

fn leave_out_stop_words(words: &mut Vec<String>) {
    let is_stop_word = |word: &String| STOP_WORDS.contains(&word.as_str());
    if !words.iter().all(is_stop_word) {
        words.retain(|word| !is_stop_word(word));
    }
}

/// The tools of any status with words that begin with each of these.
fn matches(conn: &mut Db, words: &[String]) -> QueryResult<Vec<Match>> {
    match conn {
        Db::Sqlite(conn) => {
            let all: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            let weight = bm25(tool_search::whole, 10.0, 4.0, 1.0, 3.0);
            tool_search::table
                .filter(Matches::new(tool_search::whole, all.join(" AND ").into_sql::<Text>()))
                .select((tool_search::rowid, weight))
                .load(conn)
        }
        Db::Pg(conn) => {
            let all: Vec<String> = words.iter().map(|word| format!("'{word}':*")).collect();
            sql_query(
                "SELECT tool_id, -ts_rank_cd('{0.1, 0.3, 0.4, 1.0}', document, $1::tsquery)::float8 AS weight \
                 FROM tool_search WHERE document @@ $1::tsquery",
            )
            .bind::<Text, _>(all.join(" & "))
            .load(conn)
        }
    }
}

impl NameFit {
    /// How well a name, in its words, fits these words, which are `query` together.
    fn of(name: &str, query: &str, words: &[String]) -> Self {
        let begins_some = |word: &String| name.split(' ').any(|own| own.starts_with(word.as_str()));
        match name.strip_prefix(query) {
            Some("") => Self::Exact,
            Some(_) => Self::BeginsSo,
            None if words.iter().all(begins_some) => Self::HasEveryWord,
            None => Self::Otherwise,
        }
    }
}

/// Makes the whole index anew where it was made by older rules of what a word is, and says whether that was so.
pub fn renew(conn: &mut Db) -> QueryResult<bool> {
    if search_rules::table.select(search_rules::number).first::<i64>(conn)? >= RULES {
        return Ok(false);
    }
    conn.write(|conn| {
        versions::take_turn(conn, Of::Catalogue)?;
        let rows = texts().load(conn)?;
        index_tools(conn, &entries(rows))?;
        diesel::update(search_rules::table).set(search_rules::number.eq(RULES)).execute(conn)?;
        // Searches in the memory of other nodes are stale by now.
        versions::raise(conn, Of::Catalogue)?;
        Ok(true)
    })
}

/// Writes the entries of all tools of a category; called in the transaction that changes the category's name.
pub fn index_category(conn: &mut Db, category_id: i64) -> QueryResult<()> {
    let rows = texts().filter(tools::category_id.eq(category_id)).load(conn)?;
    index_tools(conn, &entries(rows))
}

/// Id, name, tagline, description of every tool, and the name of its category.
#[diesel::dsl::auto_type]
fn texts() -> _ {
    tools::table.inner_join(categories::table).select((
        tools::id,
        tools::name,
        tools::tagline,
        tools::description,
        categories::name,
    ))
}

fn entries(rows: Vec<(i64, String, String, String, String)>) -> Vec<Entry> {
    let entry = |(id, name, tagline, description, category): (i64, String, String, String, String)| {
        Entry::new(id, &name, &tagline, &description, &category)
    };
    rows.into_iter().map(entry).collect()
}

diesel::table! {
    /// The index on SQLite, an FTS5 table.
    tool_search (rowid) {
        rowid -> BigInt, name -> Text, tagline -> Text, description -> Text, category -> Text,
        /// All of these, to search in.
        #[sql_name = "tool_search"]
        whole -> Text,
    }
}

diesel::infix_operator!(Matches, " MATCH ", backend: Sqlite);

#[declare_sql_function]
extern "SQL" {
    /// How well an entry fits, the less the better; the numbers are the weights of the columns.
    fn bm25(whole: Text, name: Double, tagline: Double, description: Double, category: Double) -> Double;
}

/// What the index holds of a tool: the words of its texts, separated by spaces.
#[derive(Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = tool_search)]
pub(super) struct Entry {
    rowid: i64,
    name: String,
    tagline: String,
    description: String,
    category: String,
}

impl Entry {
    pub(super) fn new(tool_id: i64, name: &str, tagline: &str, description: &str, category: &str) -> Self {
        Self {
            rowid: tool_id,
            name: joined(name),
            tagline: joined(tagline),
            description: joined(description),
            category: joined(category),
        }
    }

    /// The same for PostgreSQL, as the text of a tsvector: each word with its position and the weight of its field.
    fn document(&self) -> String {
        let fields =
            [(&self.name, 'A'), (&self.tagline, 'B'), (&self.category, 'C'), (&self.description, 'D')];
        let mut lexemes = Vec::new();
        let mut position = 0;
        for (text, weight) in fields {
            for word in text.split_whitespace() {
                position += 1;
                lexemes.push(format!("'{word}':{position}{weight}"));
            }
            // A gap, so that the end of one field and the start of the next do not look like neighbours.
            position += 20;
        }
        lexemes.join(" ")
    }
}

/// Removes the entry of a tool that is deleted, in the same transaction.
pub(super) fn forget(conn: &mut Db, tool_id: i64) -> QueryResult<()> {
    match conn {
        Db::Sqlite(conn) => {
            sql_query("DELETE FROM tool_search WHERE rowid = ?").bind::<BigInt, _>(tool_id).execute(conn)?
        }
        Db::Pg(conn) => sql_query("DELETE FROM tool_search WHERE tool_id = $1")
            .bind::<BigInt, _>(tool_id)
            .execute(conn)?,
    };
    Ok(())
}

/// Writes entries in place of those before; called in the transaction that writes the tools.
pub(super) fn index_tools(conn: &mut Db, entries: &[Entry]) -> QueryResult<()> {
    for entries in entries.chunks(500) {
        match conn {
            Db::Sqlite(conn) => {
                diesel::replace_into(tool_search::table).values(entries).execute(conn)?;
            }
            Db::Pg(conn) => {
                let (ids, documents) = columns(entries);
                sql_query(
                    "INSERT INTO tool_search (tool_id, document) \
                     SELECT id, document::tsvector FROM unnest($1, $2) AS entry (id, document) \
                     ON CONFLICT (tool_id) DO UPDATE SET document = excluded.document",
                )
                .bind::<Array<BigInt>, _>(ids)
                .bind::<Array<Text>, _>(documents)
                .execute(conn)?;
            }
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct WrongEntry {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The ids of the tools whose entry is missing or not as it should be, and of entries without a tool.
/// `expected` holds every tool.
pub(super) fn wrong_entries(conn: &mut Db, expected: &[Entry]) -> QueryResult<Vec<i64>> {
    let mut wrong = Vec::new();
    match conn {
        Db::Sqlite(conn) => {
            let stored: Vec<Entry> = tool_search::table.select(Entry::as_select()).load(conn)?;
            let mut stored: std::collections::HashMap<_, _> =
                stored.into_iter().map(|entry| (entry.rowid, entry)).collect();
            for entry in expected {
                if stored.remove(&entry.rowid).as_ref() != Some(entry) {
                    wrong.push(entry.rowid);
                }
            }
            // A foreign key takes care of these on PostgreSQL; a virtual table has none.
            wrong.extend(stored.into_keys());
        }
        Db::Pg(conn) => {
            for entries in expected.chunks(500) {
                let (ids, documents) = columns(entries);
                let found: Vec<WrongEntry> = sql_query(
                    "SELECT id FROM unnest($1, $2) AS entry (id, document) \
                     LEFT JOIN tool_search ON tool_id = id \
                     WHERE tool_search.document IS DISTINCT FROM entry.document::tsvector",
                )
                .bind::<Array<BigInt>, _>(ids)
                .bind::<Array<Text>, _>(documents)
                .load(conn)?;
                wrong.extend(found.into_iter().map(|entry| entry.id));
            }
        }
    }
    wrong.sort_unstable();
    Ok(wrong)
}

fn columns(entries: &[Entry]) -> (Vec<i64>, Vec<String>) {
    entries.iter().map(|entry| (entry.rowid, entry.document())).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_the_better_the_more_of_it_is_asked_for() {
        let fit = |name: &str, query: &str| NameFit::of(&joined(name), &joined(query), &words(query));
        assert_eq!(fit("llama.cpp", "LLAMA cpp"), NameFit::Exact);
        assert_eq!(fit("llama.cpp", "llama c"), NameFit::BeginsSo);
        assert_eq!(fit("llama.cpp", "cpp lla"), NameFit::HasEveryWord);
        assert_eq!(fit("llama.cpp", "cpp server"), NameFit::Otherwise);
        assert!(NameFit::Exact < NameFit::BeginsSo && NameFit::HasEveryWord < NameFit::Otherwise);
    }

    #[test]
    fn stop_words_are_left_out_unless_there_is_nothing_else() {
        let kept = |query: &str| {
            let mut words = words(query);
            leave_out_stop_words(&mut words);
            words.join(" ")
        };
        assert_eq!(kept("Code in THE terminal, for a team"), "code terminal team");
        assert_eq!((kept("the"), kept("In or for")), ("the".to_owned(), "in or for".to_owned()));
        assert_eq!(kept("information theory"), "information theory");
    }

    #[test]
    fn the_document_weighs_each_field() {
        let entry = Entry::new(7, "Llama.cpp", "Runs", "", "Servers");
        assert_eq!(entry.document(), "'llama':1A 'cpp':2A 'runs':23B 'servers':44C");
    }
}
