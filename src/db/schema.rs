//! The tables, as both databases have them (a test compares each database with this file).

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    /// Kinds of tool, each with its own ranking; `status` as in tools.
    categories (id) {
        id -> BigInt, slug -> Text, name -> Text, description -> Text, status -> SmallInt,
    }
}
table! {
    /// The panel; `likes` and `tired_of` are JSON arrays of text; `kind` 0 human, 1 ai; `status` as
    /// in tools; `published_at` is since when readers see them.
    reviewers (id) {
        id -> BigInt, slug -> Text, name -> Text, role -> Text, motto -> Text, bio -> Text,
        likes -> Text, tired_of -> Text, kind -> SmallInt, model -> Nullable<Text>, status -> SmallInt,
        published_at -> Nullable<Timestamp>,
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
    /// Pictures, each under the hash of its bytes.
    pictures (hash) { hash -> Text, png -> Binary, }
}
table! {
    /// Which picture is a tool's logo, and which was before.
    tool_logos (tool_id) { tool_id -> BigInt, logo -> Nullable<Text>, former -> Nullable<Text>, }
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
    /// People; `role` 0 member, 1 moderator, 2 admin; `suspension_id` is the exclusion of the votes of
    /// a suspended one; `handle_key` is the handle as it is compared; of exclusions up to `told_exclusion_id` they
    /// were told.
    accounts (id) {
        id -> BigInt, handle -> Text, email -> Text, password_hash -> Text, role -> SmallInt,
        verified_at -> Nullable<Timestamp>, suspended_at -> Nullable<Timestamp>,
        created_at -> Timestamp, suspension_id -> Nullable<BigInt>, handle_key -> Text,
        told_exclusion_id -> BigInt,
    }
}
table! {
    /// Server-side sessions, found by the SHA-256 of the key in the cookie; `network`, of those without an
    /// account, is a keyed hash of where they come from; `seen_on` is the day on which one was last used.
    sessions (id_hash) {
        id_hash -> Text, account_id -> Nullable<BigInt>, state -> Text,
        created_at -> Timestamp, expires_at -> Timestamp, network -> Nullable<BigInt>,
        seen_on -> Nullable<Date>,
    }
}
table! {
    /// Forms that were sent lately, and where that led to; without a `location` they are being worked on.
    sent_forms (key_hash) {
        key_hash -> Text, location -> Nullable<Text>, state -> Nullable<Text>, made_at -> Timestamp,
    }
}
table! {
    /// What somebody typed before it turned out that their session was over; `fields` is urlencoded.
    saved_forms (id) {
        id -> BigInt, account_id -> BigInt, path -> Text, fields -> Text, made_at -> Timestamp,
    }
}
table! {
    /// One vote per account and tool; `choice` 0 skip, 1 ship; one with an `exclusion_id` does not
    /// count; `network` is a keyed hash of where it came from, for 30 days.
    votes (id) {
        id -> BigInt, account_id -> BigInt, tool_id -> BigInt, choice -> SmallInt,
        cast_at -> Timestamp, exclusion_id -> Nullable<BigInt>, network -> Nullable<BigInt>,
    }
}
table! {
    /// The votes of a tool, counted; changed in the transaction that changes a vote.
    tallies (tool_id) { tool_id -> BigInt, ships -> BigInt, skips -> BigInt, revision -> BigInt, }
}
table! {
    /// The states of a record, before and after each change, as in a catalogue file; the migration
    /// lists `kind` and `act`.
    revisions (id) {
        id -> BigInt, kind -> SmallInt, record_id -> BigInt, number -> BigInt, act -> SmallInt,
        state -> Text, account_id -> Nullable<BigInt>, reason -> Text, made_at -> Timestamp,
    }
}
table! {
    /// What readers see of changes; `kind` 0 verdict, 1 price, 2 fact; an empty text is none.
    changes (id) {
        id -> BigInt, tool_id -> BigInt, kind -> SmallInt, subject -> Text, old_value -> Text,
        new_value -> Text, revision_id -> BigInt, made_at -> Timestamp,
    }
}
table! {
    /// Addresses that records had; `kind` as in revisions. Of several for one address the newest comes first.
    redirects (id) {
        id -> BigInt, kind -> SmallInt, slug -> Text, record_id -> BigInt, made_at -> Timestamp,
    }
}
table! {
    /// Catalogue files that somebody looks at before applying them.
    uploads (id) {
        id -> BigInt, account_id -> BigInt, name -> Text, content -> Text, made_at -> Timestamp,
    }
}
table! {
    /// Which account writes for which human reviewer.
    reviewer_accounts (reviewer_id) { reviewer_id -> BigInt, account_id -> BigInt, linked_at -> Timestamp, }
}
table! {
    /// Reviews that no moderator has published yet; `content` is a review of a catalogue file as JSON; one with a `note`
    /// was returned to its writer.
    review_drafts (id) {
        id -> BigInt, reviewer_id -> BigInt, tool_id -> BigInt, account_id -> BigInt, content -> Text,
        note -> Text, made_at -> Timestamp,
    }
}
table! {
    /// Every act in the admin area; without a `public_label` it is not for readers. `revision_id` is the
    /// revision that it made, `withdraws` the one that it takes back.
    log_entries (id) {
        id -> BigInt, made_at -> Timestamp, account_id -> Nullable<BigInt>, handle -> Text, act -> Text,
        object -> SmallInt, object_id -> Nullable<BigInt>, label -> Text,
        public_label -> Nullable<Text>, href -> Nullable<Text>, reason -> Text, old_value -> Text,
        new_value -> Text, revision_id -> Nullable<BigInt>, withdraws -> Nullable<BigInt>,
    }
}
table! {
    /// Records that went into others; `kind` as in revisions, `moved` a JSON object of ids.
    merges (id) {
        id -> BigInt, kind -> SmallInt, source_id -> BigInt, target_id -> BigInt, moved -> Text,
        made_at -> Timestamp, undone_at -> Nullable<Timestamp>,
    }
}
table! {
    /// Whose votes a merge moved from its source to its target.
    merged_votes (merge_id, account_id) { merge_id -> BigInt, account_id -> BigInt, }
}
table! {
    /// What admins set in the admin area.
    site_settings (name) { name -> Text, value -> Text, }
}
table! {
    /// One row: by which rules of what a word is the search index was made.
    search_rules (number) { number -> BigInt, }
}
table! {
    /// What readers send to the admin area; `kind` 0 a tool, 1 a correction, 2 a report; `status` 0 open,
    /// 1 accepted, 2 declined, 3 declined as spam; `content` is a JSON object; its sender looked at the answer at
    /// `answer_seen_at`.
    submissions (id) {
        id -> BigInt, kind -> SmallInt, account_id -> BigInt, tool_id -> Nullable<BigInt>,
        reviewer_id -> Nullable<BigInt>, name -> Text, content -> Text, status -> SmallInt,
        taken_by -> Nullable<BigInt>, taken_at -> Nullable<Timestamp>,
        decided_by -> Nullable<BigInt>, decided_at -> Nullable<Timestamp>, answer -> Text,
        outcome_tool_id -> Nullable<BigInt>, made_at -> Timestamp, answer_seen_at -> Nullable<Timestamp>,
    }
}
table! {
    /// Answers that moderators give often.
    saved_replies (id) { id -> BigInt, title -> Text, body -> Text, }
}
table! {
    /// Votes that do not count, and why; the migration lists `kind`.
    exclusions (id) {
        id -> BigInt, kind -> SmallInt, reason -> Text, subject_id -> Nullable<BigInt>,
        made_by -> Nullable<BigInt>, made_at -> Timestamp, undone_by -> Nullable<BigInt>,
        undone_at -> Nullable<Timestamp>,
    }
}
table! {
    /// What looks bought; `kind` as in exclusions, `accounts` a JSON array of ids.
    signals (id) {
        id -> BigInt, kind -> SmallInt, key -> Text, tool_id -> Nullable<BigInt>, words -> Text,
        accounts -> Text, found_at -> Timestamp, seen_at -> Timestamp,
        dismissed_by -> Nullable<BigInt>, dismissed_at -> Nullable<Timestamp>,
    }
}

joinable!(tools -> categories (category_id));
joinable!(facts -> tools (tool_id));
joinable!(reviews -> tools (tool_id));
joinable!(reviews -> reviewers (reviewer_id));
joinable!(reviewer_accounts -> reviewers (reviewer_id));
joinable!(reviewer_accounts -> accounts (account_id));
joinable!(review_drafts -> reviewers (reviewer_id));
joinable!(review_drafts -> tools (tool_id));
joinable!(review_drafts -> accounts (account_id));
joinable!(votes -> accounts (account_id));
joinable!(votes -> tools (tool_id));
joinable!(tallies -> tools (tool_id));
joinable!(revisions -> accounts (account_id));

allow_tables_to_appear_in_same_query!(
    categories,
    reviewers,
    tools,
    facts,
    reviews,
    comparisons,
    accounts,
    sessions,
    votes,
    tallies,
    revisions,
    changes,
    redirects,
    log_entries,
    submissions,
    exclusions,
    signals,
    merged_votes,
    reviewer_accounts,
    review_drafts,
);
