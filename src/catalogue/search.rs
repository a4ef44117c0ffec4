//! Full-text search over the tools, with the same words on both databases.
//!
//! What counts as a word is decided here and not by either database: text is lower-cased, marks over Latin letters
//! are dropped, and everything that is neither letter nor digit separates. So `llama.cpp` is found by `cpp` on both,
//! and what reaches a query is letters and digits only.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Text};

use crate::db::Db;
use crate::db::schema::{categories, tools};

/// The most words of a query that count; more only narrow what is already narrow.
const MOST_WORDS: usize = 8;

/// The most characters of a word that count: PostgreSQL takes no words above 2,046 bytes.
const MOST_CHARS: usize = 100;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The ids of the published tools in which every word of `query` begins some word, best first, at most `limit`. A
/// query without words finds nothing; see [`words`].
///
/// First comes the tool of exactly that name, then those whose names begin with it, then those with every word in
/// the name, then the rest; within each, by `bm25` or `ts_rank_cd` with the weights name 10, tagline 4, category 3,
/// description 1.
///
/// # Errors
/// When the database cannot be read.
pub fn matching(conn: &mut Db, query: &str, limit: i64) -> QueryResult<Vec<i64>> {
    let words = words(query);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let name = words.join(" ");
    let found: Vec<Found> = match conn {
        Db::Sqlite(conn) => {
            // Names are compared only where every word is in the name: reading a name costs much
            // more than finding a word.
            let all = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" AND ");
            sql_query(
                "SELECT tools.id AS id FROM tool_search JOIN tools ON tools.id = tool_search.rowid \
                 WHERE tool_search MATCH ? AND tools.status = 1 \
                 ORDER BY CASE WHEN tool_search.rowid NOT IN \
                 (SELECT rowid FROM tool_search WHERE tool_search MATCH ?) THEN 3 \
                 WHEN tool_search.name = ? THEN 0 WHEN tool_search.name LIKE ? THEN 1 ELSE 2 END, \
                 bm25(tool_search, 10.0, 4.0, 1.0, 3.0), tools.id LIMIT ?",
            )
            .bind::<Text, _>(&all)
            .bind::<Text, _>(format!("name : ({all})"))
            .bind::<Text, _>(&name)
            .bind::<Text, _>(format!("{name}%"))
            .bind::<BigInt, _>(limit)
            .load(conn)?
        }
        Db::Pg(conn) => {
            let each = |mark: &str| {
                words.iter().map(|word| format!("'{word}':{mark}")).collect::<Vec<_>>().join(" & ")
            };
            sql_query(
                "SELECT tools.id AS id FROM tool_search JOIN tools ON tools.id = tool_search.tool_id \
                 WHERE document @@ $1::tsquery AND tools.status = 1 \
                 ORDER BY CASE WHEN document @@ $2::tsquery THEN 0 WHEN document @@ $3::tsquery THEN 1 \
                 WHEN document @@ $4::tsquery THEN 2 ELSE 3 END, \
                 ts_rank_cd('{0.1, 0.3, 0.4, 1.0}', document, $1::tsquery) DESC, tools.id LIMIT $5",
            )
            .bind::<Text, _>(each("*"))
            .bind::<Text, _>(format!("'{}'", whole_name(&name)))
            .bind::<Text, _>(format!("'{}':*", whole_name(&name)))
            .bind::<Text, _>(each("*A"))
            .bind::<BigInt, _>(limit)
            .load(conn)?
        }
    };
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// The words of a query: at most eight, lower-case, of letters and digits. None means that nothing was asked.
#[must_use]
pub fn words(query: &str) -> Vec<String> {
    all_words(query).take(MOST_WORDS).collect()
}

/// Writes a tool's entry in the index, in place of the one before; called in the transaction that writes the tool,
/// and for every tool of a category whose name changes.
///
/// # Errors
/// When the database cannot be written.
pub fn index_tool(
    conn: &mut Db,
    tool_id: i64,
    name: &str,
    tagline: &str,
    description: &str,
    category: &str,
) -> QueryResult<()> {
    index_tools(conn, &[Entry::new(tool_id, name, tagline, description, category)])
}

/// Writes the entries of all tools of a category; called in the transaction that changes the category's name.
///
/// # Errors
/// When the database cannot be read or written.
pub fn index_category(conn: &mut Db, category_id: i64) -> QueryResult<()> {
    let rows = tools::table
        .inner_join(categories::table)
        .filter(tools::category_id.eq(category_id))
        .select((tools::id, tools::name, tools::tagline, tools::description, categories::name))
        .load::<(i64, String, String, String, String)>(conn)?;
    let entries: Vec<Entry> = rows
        .iter()
        .map(|(id, name, tagline, description, category)| {
            Entry::new(*id, name, tagline, description, category)
        })
        .collect();
    index_tools(conn, &entries)
}

diesel::table! {
    /// The index on SQLite, an FTS5 table.
    tool_search (rowid) {
        rowid -> BigInt, name -> Text, tagline -> Text, description -> Text, category -> Text,
    }
}

/// What the index holds of a tool: the words of its texts, separated by spaces.
#[derive(Debug, PartialEq, Eq, Queryable, Insertable)]
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
        let text = |text: &str| all_words(text).collect::<Vec<_>>().join(" ");
        Self {
            rowid: tool_id,
            name: text(name),
            tagline: text(tagline),
            description: text(description),
            category: text(category),
        }
    }

    /// The weight of a word in the name.
    pub(super) const NAME_WEIGHT: u32 = 10;

    /// Its texts, each with the weight of a word in it.
    pub(super) fn weighted(&self) -> [(&str, u32); 4] {
        [(&self.name, Self::NAME_WEIGHT), (&self.tagline, 4), (&self.description, 1), (&self.category, 3)]
    }

    /// The words of the name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The same for PostgreSQL, as the text of a tsvector: each word with its position and the weight of its field.
    /// The whole name is in it once more behind a `=`, which begins no word, so that names can be told from mere
    /// occurrences.
    fn document(&self) -> String {
        let fields =
            [(&self.name, 'A'), (&self.tagline, 'B'), (&self.category, 'C'), (&self.description, 'D')];
        let mut document = format!("'{}'", whole_name(&self.name));
        let mut position = 0;
        for (text, weight) in fields {
            for word in text.split_whitespace() {
                position += 1;
                document.push_str(&format!(" '{word}':{position}{weight}"));
            }
            // A gap, so that the end of one field and the start of the next do not look like neighbours.
            position += 20;
        }
        document
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

/// [`index_tool`] for many.
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

/// The ids of the tools whose entry is missing or not as it should be, and of entries without a tool.
/// `expected` holds every tool.
pub(super) fn wrong_entries(conn: &mut Db, expected: &[Entry]) -> QueryResult<Vec<i64>> {
    let mut wrong = Vec::new();
    match conn {
        Db::Sqlite(conn) => {
            let stored: Vec<Entry> = tool_search::table.load(conn)?;
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
                let found: Vec<Found> = sql_query(
                    "SELECT id FROM unnest($1, $2) AS entry (id, document) \
                     LEFT JOIN tool_search ON tool_id = id \
                     WHERE tool_search.document IS DISTINCT FROM entry.document::tsvector",
                )
                .bind::<Array<BigInt>, _>(ids)
                .bind::<Array<Text>, _>(documents)
                .load(conn)?;
                wrong.extend(found.into_iter().map(|row| row.id));
            }
        }
    }
    wrong.sort_unstable();
    Ok(wrong)
}

/// The lexeme that stands for a whole name, cut to what PostgreSQL takes; only queries are ever that long.
fn whole_name(name: &str) -> String {
    format!("={}", &name[..name.floor_char_boundary(2_000)])
}

fn columns(entries: &[Entry]) -> (Vec<i64>, Vec<String>) {
    entries.iter().map(|entry| (entry.rowid, entry.document())).unzip()
}

/// The words of a text, in order: lower-case letters and digits, each at most [`MOST_CHARS`] long.
fn all_words(text: &str) -> impl Iterator<Item = String> {
    let plain: String =
        text.to_lowercase().chars().filter(|c| !is_combining_mark(*c)).map(without_mark).collect();
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(MOST_CHARS).collect())
        .collect::<Vec<_>>()
        .into_iter()
}

/// Whether this is an accent that stands behind its letter, as decomposed Unicode writes it.
fn is_combining_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The letter under the mark, for lower-case Latin letters: PostgreSQL does not know it without an extension.
fn without_mark(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_letters_and_digits_separates() {
        assert_eq!(words("llama.cpp  C++"), ["llama", "cpp", "c"]);
        assert_eq!(words("GPT-4o'; DROP \"x\"*"), ["gpt", "4o", "drop", "x"]);
        assert_eq!(words("日本 Übung"), ["日本", "ubung"]);
    }

    #[test]
    fn accents_do_not_matter_however_they_are_written() {
        assert_eq!(words("Café"), words("Cafe\u{301}"));
        assert_eq!(words("İzmir"), ["izmir"]);
    }

    #[test]
    fn a_query_without_letters_has_no_words() {
        assert_eq!(words("🚀 ++ …"), [""; 0]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn only_eight_words_of_a_hundred_characters_count() {
        assert_eq!(words("a b c d e f g h i j").len(), 8);
        assert_eq!(words(&"x".repeat(5_000)), ["x".repeat(100)]);
    }

    #[test]
    fn the_document_weighs_each_field() {
        let entry = Entry::new(7, "Llama.cpp", "Runs", "", "Servers");
        assert_eq!(entry.document(), "'=llama cpp' 'llama':1A 'cpp':2A 'runs':23B 'servers':44C");
    }
}
