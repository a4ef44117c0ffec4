-- Nothing is changed without a trace: every change of a record keeps its state before and after, as
-- the record stands in a catalogue file. kind: 0 category, 1 reviewer, 2 tool, 3 comparison. act: 0 as it was
-- found, 1 created, 2 edited, 3 published, 4 archived, 5 restored, 6 imported, 7 merged, 8 withdrawn, 9 deleted.
-- A record's revisions stay when the record is deleted.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY NOT NULL,
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
CREATE INDEX revisions_account_id ON revisions (account_id);

-- What readers see of it: kind 0 verdict, 1 price, 2 fact; an empty text is none. A change that is
-- withdrawn leaves here and stays in its revisions.
CREATE TABLE changes (
    id INTEGER PRIMARY KEY NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    subject TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    revision_id BIGINT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX changes_tool_id ON changes (tool_id, made_at);
CREATE INDEX changes_made_at ON changes (made_at);
CREATE INDEX changes_kind ON changes (kind, id);
CREATE INDEX changes_revision_id ON changes (revision_id);

-- Addresses that records had: kind as in revisions. They lead on for good.
CREATE TABLE redirects (
    id INTEGER PRIMARY KEY NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    slug TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    UNIQUE (kind, slug)
);
CREATE INDEX redirects_record_id ON redirects (kind, record_id);

-- Catalogue files that somebody looks at before applying them.
CREATE TABLE uploads (
    id INTEGER PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX uploads_account_id ON uploads (account_id);

-- Categories and reviewers are drafted and archived as tools are: 0 draft, 1 published, 2 archived.
ALTER TABLE categories ADD COLUMN status SMALLINT NOT NULL DEFAULT 1 CHECK (status IN (0, 1, 2));
ALTER TABLE reviewers ADD COLUMN status SMALLINT NOT NULL DEFAULT 1 CHECK (status IN (0, 1, 2));

-- Drafts are listed by when they were last touched, published tools by when their price was checked.
CREATE INDEX tools_status_updated_at ON tools (status, updated_at);
CREATE INDEX tools_status_price_checked_on ON tools (status, price_checked_on);
CREATE INDEX facts_checked_on ON facts (checked_on);
