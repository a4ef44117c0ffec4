//! The tables, as both databases have them (a test compares each database with this file).

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    /// Kinds of tool, each with its own ranking.
    categories (id) { id -> BigInt, slug -> Text, name -> Text, description -> Text, }
}
table! {
    /// The panel; `likes` and `tired_of` are JSON arrays of text; `kind` 0 human, 1 ai.
    reviewers (id) {
        id -> BigInt, slug -> Text, name -> Text, role -> Text, motto -> Text, bio -> Text,
        likes -> Text, tired_of -> Text, kind -> SmallInt, model -> Nullable<Text>,
    }
}
table! {
    /// What is compared; `status` 0 draft, 1 published, 2 archived.
    tools (id) {
        id -> BigInt, slug -> Text, name -> Text, category_id -> BigInt, tagline -> Text,
        description -> Text, website -> Nullable<Text>, status -> SmallInt,
        price_entry -> Text, price_text -> Text, price_source -> Nullable<Text>,
        price_checked_on -> Nullable<Date>,
        created_at -> Timestamp, updated_at -> Timestamp, published_at -> Nullable<Timestamp>,
    }
}
table! {
    /// The plans a tool is sold in, in their maker's order; `price` is a decimal in text.
    price_plans (id) {
        id -> BigInt, tool_id -> BigInt, name -> Text, price -> Text, currency -> Text,
        per -> Text, note -> Text,
    }
}
table! {
    /// Single facts about a tool, one per label, with source and date.
    facts (id) {
        id -> BigInt, tool_id -> BigInt, label -> Text, value -> Text,
        source -> Nullable<Text>, checked_on -> Nullable<Date>,
    }
}
table! {
    /// One reviewer's verdict on one tool; `verdict` 0 skip, 1 ship; `basis` 0 documents, 1 hands-on.
    reviews (id) {
        id -> BigInt, tool_id -> BigInt, reviewer_id -> BigInt, verdict -> SmallInt,
        score -> Nullable<SmallInt>, take -> Text, reviewed_on -> Nullable<Date>,
        basis -> Nullable<SmallInt>,
    }
}
table! {
    /// The editorial part of a comparison; the first tool's slug sorts before the second's.
    comparisons (id) {
        id -> BigInt, first_tool_id -> BigInt, second_tool_id -> BigInt, summary -> Text,
        pick_first_if -> Text, pick_second_if -> Text, status -> SmallInt,
        published_on -> Nullable<Date>,
    }
}
table! {
    /// Numbers that rise with changes: 1 of the catalogue, 2 of accounts and sessions, 3 of votes.
    versions (id) { id -> BigInt, value -> BigInt, }
}
table! {
    /// People; `role` 0 member, 1 moderator, 2 admin.
    accounts (id) {
        id -> BigInt, handle -> Text, email -> Text, password_hash -> Text, role -> SmallInt,
        verified_at -> Nullable<Timestamp>, suspended_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}
table! {
    /// Server-side sessions, found by the SHA-256 of the key in the cookie.
    sessions (id_hash) {
        id_hash -> Text, account_id -> Nullable<BigInt>, state -> Text,
        created_at -> Timestamp, expires_at -> Timestamp,
    }
}
table! {
    /// One vote per account and tool; `choice` 0 skip, 1 ship.
    votes (id) {
        id -> BigInt, account_id -> BigInt, tool_id -> BigInt, choice -> SmallInt,
        cast_at -> Timestamp,
    }
}
table! {
    /// The votes of a tool, counted; changed in the transaction that changes a vote.
    tallies (tool_id) { tool_id -> BigInt, ships -> BigInt, skips -> BigInt, revision -> BigInt, }
}

joinable!(tools -> categories (category_id));
joinable!(price_plans -> tools (tool_id));
joinable!(facts -> tools (tool_id));
joinable!(reviews -> tools (tool_id));
joinable!(reviews -> reviewers (reviewer_id));
joinable!(sessions -> accounts (account_id));
joinable!(votes -> accounts (account_id));
joinable!(votes -> tools (tool_id));
joinable!(tallies -> tools (tool_id));

allow_tables_to_appear_in_same_query!(
    categories,
    reviewers,
    tools,
    price_plans,
    facts,
    reviews,
    comparisons,
    versions,
    accounts,
    sessions,
    votes,
    tallies,
);
