-- No id is ever given out twice: an id that an address, a form, a feed or another node's memory still names must not
-- come to mean another row. SQLite gives the ids of deleted rows out again unless a table says AUTOINCREMENT, which only
-- a new table can say; so each is made anew with its rows. Foreign keys are off while migrations run (src/db/mod.rs)
-- and checked before the commit.

CREATE TABLE new_categories (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    status SMALLINT NOT NULL DEFAULT 1 CHECK (status IN (0, 1, 2))
);
INSERT INTO new_categories (id, slug, name, description, status)
SELECT id, slug, name, description, status FROM categories;
DROP TABLE categories;
ALTER TABLE new_categories RENAME TO categories;

CREATE TABLE new_reviewers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    motto TEXT NOT NULL,
    bio TEXT NOT NULL,
    likes TEXT NOT NULL,
    tired_of TEXT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind IN (0, 1)),
    model TEXT,
    status SMALLINT NOT NULL DEFAULT 1 CHECK (status IN (0, 1, 2))
);
INSERT INTO new_reviewers (id, slug, name, role, motto, bio, likes, tired_of, kind, model, status)
SELECT id, slug, name, role, motto, bio, likes, tired_of, kind, model, status FROM reviewers;
DROP TABLE reviewers;
ALTER TABLE new_reviewers RENAME TO reviewers;

CREATE TABLE new_tools (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    category_id BIGINT NOT NULL REFERENCES categories (id),
    tagline TEXT NOT NULL,
    description TEXT NOT NULL,
    website TEXT,
    status SMALLINT NOT NULL CHECK (status IN (0, 1, 2)),
    price_entry TEXT NOT NULL,
    price_text TEXT NOT NULL,
    price_source TEXT,
    price_checked_on DATE,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    published_at TIMESTAMP
);
INSERT INTO new_tools (
    id, slug, name, category_id, tagline, description, website, status, price_entry, price_text,
    price_source, price_checked_on, created_at, updated_at, published_at
)
SELECT
    id, slug, name, category_id, tagline, description, website, status, price_entry, price_text,
    price_source, price_checked_on, created_at, updated_at, published_at
FROM tools;
DROP TABLE tools;
ALTER TABLE new_tools RENAME TO tools;
CREATE INDEX tools_category_id ON tools (category_id);
CREATE INDEX tools_status_updated_at ON tools (status, updated_at);
CREATE INDEX tools_status_price_checked_on ON tools (status, price_checked_on);

CREATE TABLE new_price_plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    price TEXT NOT NULL,
    currency TEXT NOT NULL,
    per TEXT NOT NULL,
    note TEXT NOT NULL
);
INSERT INTO new_price_plans (id, tool_id, name, price, currency, per, note)
SELECT id, tool_id, name, price, currency, per, note FROM price_plans;
DROP TABLE price_plans;
ALTER TABLE new_price_plans RENAME TO price_plans;
CREATE INDEX price_plans_tool_id ON price_plans (tool_id);

CREATE TABLE new_facts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT,
    checked_on DATE,
    UNIQUE (tool_id, label)
);
INSERT INTO new_facts (id, tool_id, label, value, source, checked_on)
SELECT id, tool_id, label, value, source, checked_on FROM facts;
DROP TABLE facts;
ALTER TABLE new_facts RENAME TO facts;
CREATE INDEX facts_checked_on ON facts (checked_on);

CREATE TABLE new_reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    reviewer_id BIGINT NOT NULL REFERENCES reviewers (id),
    verdict SMALLINT NOT NULL CHECK (verdict IN (0, 1)),
    score SMALLINT CHECK (score BETWEEN 0 AND 100),
    take TEXT NOT NULL,
    reviewed_on DATE,
    basis SMALLINT CHECK (basis IN (0, 1)),
    UNIQUE (tool_id, reviewer_id)
);
INSERT INTO new_reviews (id, tool_id, reviewer_id, verdict, score, take, reviewed_on, basis)
SELECT id, tool_id, reviewer_id, verdict, score, take, reviewed_on, basis FROM reviews;
DROP TABLE reviews;
ALTER TABLE new_reviews RENAME TO reviews;
CREATE INDEX reviews_reviewer_id ON reviews (reviewer_id);

CREATE TABLE new_comparisons (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    first_tool_id BIGINT NOT NULL REFERENCES tools (id),
    second_tool_id BIGINT NOT NULL REFERENCES tools (id),
    summary TEXT NOT NULL,
    pick_first_if TEXT NOT NULL,
    pick_second_if TEXT NOT NULL,
    status SMALLINT NOT NULL CHECK (status IN (0, 1, 2)),
    published_on DATE,
    UNIQUE (first_tool_id, second_tool_id),
    CHECK (first_tool_id <> second_tool_id)
);
INSERT INTO new_comparisons (
    id, first_tool_id, second_tool_id, summary, pick_first_if, pick_second_if, status, published_on
)
SELECT
    id, first_tool_id, second_tool_id, summary, pick_first_if, pick_second_if, status, published_on
FROM comparisons;
DROP TABLE comparisons;
ALTER TABLE new_comparisons RENAME TO comparisons;
CREATE INDEX comparisons_second_tool_id ON comparisons (second_tool_id);

CREATE TABLE new_accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    handle TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role SMALLINT NOT NULL CHECK (role IN (0, 1, 2)),
    verified_at TIMESTAMP,
    suspended_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    suspension_id BIGINT REFERENCES exclusions (id)
);
INSERT INTO new_accounts (
    id, handle, email, password_hash, role, verified_at, suspended_at, created_at, suspension_id
)
SELECT
    id, handle, email, password_hash, role, verified_at, suspended_at, created_at, suspension_id
FROM accounts;
DROP TABLE accounts;
ALTER TABLE new_accounts RENAME TO accounts;
CREATE UNIQUE INDEX accounts_handle_lower ON accounts (lower(handle));
CREATE INDEX accounts_created_at ON accounts (created_at);
CREATE INDEX accounts_suspension_id ON accounts (suspension_id) WHERE suspension_id IS NOT NULL;
CREATE INDEX accounts_role ON accounts (role, created_at);
CREATE INDEX accounts_suspended_at ON accounts (suspended_at) WHERE suspended_at IS NOT NULL;

CREATE TABLE new_votes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    tool_id BIGINT NOT NULL REFERENCES tools (id),
    choice SMALLINT NOT NULL CHECK (choice IN (0, 1)),
    cast_at TIMESTAMP NOT NULL,
    exclusion_id BIGINT REFERENCES exclusions (id),
    network BIGINT,
    UNIQUE (account_id, tool_id)
);
INSERT INTO new_votes (id, account_id, tool_id, choice, cast_at, exclusion_id, network)
SELECT id, account_id, tool_id, choice, cast_at, exclusion_id, network FROM votes;
DROP TABLE votes;
ALTER TABLE new_votes RENAME TO votes;
CREATE INDEX votes_tool_id ON votes (tool_id, cast_at);
CREATE INDEX votes_cast_at ON votes (cast_at);
CREATE INDEX votes_excluded ON votes (tool_id, exclusion_id) WHERE exclusion_id IS NOT NULL;
CREATE INDEX votes_exclusion_id ON votes (exclusion_id) WHERE exclusion_id IS NOT NULL;
CREATE INDEX votes_network ON votes (cast_at) WHERE network IS NOT NULL;

CREATE TABLE new_revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 3),
    record_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    act SMALLINT NOT NULL CHECK (act BETWEEN 0 AND 9),
    state TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    reason TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    UNIQUE (kind, record_id, number)
);
INSERT INTO new_revisions (id, kind, record_id, number, act, state, account_id, reason, made_at)
SELECT id, kind, record_id, number, act, state, account_id, reason, made_at FROM revisions;
DROP TABLE revisions;
ALTER TABLE new_revisions RENAME TO revisions;
CREATE INDEX revisions_account_id ON revisions (account_id);

CREATE TABLE new_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    subject TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    revision_id BIGINT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
    made_at TIMESTAMP NOT NULL
);
INSERT INTO new_changes (id, tool_id, kind, subject, old_value, new_value, revision_id, made_at)
SELECT id, tool_id, kind, subject, old_value, new_value, revision_id, made_at FROM changes;
DROP TABLE changes;
ALTER TABLE new_changes RENAME TO changes;
CREATE INDEX changes_tool_id ON changes (tool_id, made_at);
CREATE INDEX changes_made_at ON changes (made_at);
CREATE INDEX changes_kind ON changes (kind, id);
CREATE INDEX changes_revision_id ON changes (revision_id);

CREATE TABLE new_redirects (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    slug TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    UNIQUE (kind, slug)
);
INSERT INTO new_redirects (id, kind, slug, record_id, made_at)
SELECT id, kind, slug, record_id, made_at FROM redirects;
DROP TABLE redirects;
ALTER TABLE new_redirects RENAME TO redirects;
CREATE INDEX redirects_record_id ON redirects (kind, record_id);

CREATE TABLE new_uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
INSERT INTO new_uploads (id, account_id, name, content, made_at)
SELECT id, account_id, name, content, made_at FROM uploads;
DROP TABLE uploads;
ALTER TABLE new_uploads RENAME TO uploads;
CREATE INDEX uploads_account_id ON uploads (account_id);

CREATE TABLE new_log_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    handle TEXT NOT NULL,
    act TEXT NOT NULL,
    object SMALLINT NOT NULL CHECK (object BETWEEN 0 AND 8),
    object_id BIGINT,
    label TEXT NOT NULL,
    public_label TEXT,
    href TEXT,
    reason TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    revision_id BIGINT,
    withdraws BIGINT
);
INSERT INTO new_log_entries (
    id, made_at, account_id, handle, act, object, object_id, label, public_label, href, reason,
    old_value, new_value, revision_id, withdraws
)
SELECT
    id, made_at, account_id, handle, act, object, object_id, label, public_label, href, reason,
    old_value, new_value, revision_id, withdraws
FROM log_entries;
DROP TABLE log_entries;
ALTER TABLE new_log_entries RENAME TO log_entries;
CREATE INDEX log_entries_made_at ON log_entries (made_at);
CREATE INDEX log_entries_object ON log_entries (object, object_id);
CREATE INDEX log_entries_account_id ON log_entries (account_id);
CREATE INDEX log_entries_public ON log_entries (object, id) WHERE public_label IS NOT NULL;
CREATE INDEX log_entries_revision_id ON log_entries (revision_id) WHERE revision_id IS NOT NULL;
CREATE INDEX log_entries_withdraws ON log_entries (withdraws) WHERE withdraws IS NOT NULL;

CREATE TABLE new_submissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tool_id BIGINT REFERENCES tools (id) ON DELETE SET NULL,
    reviewer_id BIGINT REFERENCES reviewers (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    status SMALLINT NOT NULL CHECK (status BETWEEN 0 AND 3),
    taken_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    taken_at TIMESTAMP,
    decided_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    decided_at TIMESTAMP,
    answer TEXT NOT NULL,
    outcome_tool_id BIGINT REFERENCES tools (id) ON DELETE SET NULL,
    made_at TIMESTAMP NOT NULL
);
INSERT INTO new_submissions (
    id, kind, account_id, tool_id, reviewer_id, name, content, status, taken_by, taken_at, decided_by,
    decided_at, answer, outcome_tool_id, made_at
)
SELECT
    id, kind, account_id, tool_id, reviewer_id, name, content, status, taken_by, taken_at, decided_by,
    decided_at, answer, outcome_tool_id, made_at
FROM submissions;
DROP TABLE submissions;
ALTER TABLE new_submissions RENAME TO submissions;
CREATE INDEX submissions_status ON submissions (status, made_at);
CREATE INDEX submissions_account_id ON submissions (account_id, made_at);
CREATE INDEX submissions_tool_id ON submissions (tool_id);
CREATE INDEX submissions_reviewer_id ON submissions (reviewer_id);
CREATE INDEX submissions_taken_by ON submissions (taken_by);
CREATE INDEX submissions_decided_by ON submissions (decided_by);
CREATE INDEX submissions_outcome_tool_id ON submissions (outcome_tool_id);

CREATE TABLE new_exclusions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 5),
    reason TEXT NOT NULL,
    subject_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    made_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    made_at TIMESTAMP NOT NULL,
    undone_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    undone_at TIMESTAMP
);
INSERT INTO new_exclusions (id, kind, reason, subject_id, made_by, made_at, undone_by, undone_at)
SELECT id, kind, reason, subject_id, made_by, made_at, undone_by, undone_at FROM exclusions;
DROP TABLE exclusions;
ALTER TABLE new_exclusions RENAME TO exclusions;
CREATE INDEX exclusions_subject_id ON exclusions (subject_id);
CREATE INDEX exclusions_made_by ON exclusions (made_by);
CREATE INDEX exclusions_undone_by ON exclusions (undone_by);

CREATE TABLE new_signals (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 3),
    key TEXT NOT NULL UNIQUE,
    tool_id BIGINT REFERENCES tools (id) ON DELETE CASCADE,
    words TEXT NOT NULL,
    accounts TEXT NOT NULL,
    found_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL,
    dismissed_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    dismissed_at TIMESTAMP
);
INSERT INTO new_signals (id, kind, key, tool_id, words, accounts, found_at, seen_at, dismissed_by, dismissed_at)
SELECT id, kind, key, tool_id, words, accounts, found_at, seen_at, dismissed_by, dismissed_at FROM signals;
DROP TABLE signals;
ALTER TABLE new_signals RENAME TO signals;
CREATE INDEX signals_dismissed_at ON signals (dismissed_at, seen_at);
CREATE INDEX signals_tool_id ON signals (tool_id);
CREATE INDEX signals_dismissed_by ON signals (dismissed_by);
