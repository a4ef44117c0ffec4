-- The catalogue: what reviewers say about tools and what tools cost (contract, section 5).
-- Enumerations are small integers, converted in Rust: status 0 draft, 1 published, 2 archived;
-- kind 0 human, 1 ai; verdict 0 skip, 1 ship; basis 0 documents, 1 hands-on.
CREATE TABLE categories (
    id INTEGER PRIMARY KEY NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL
);

CREATE TABLE reviewers (
    id INTEGER PRIMARY KEY NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    motto TEXT NOT NULL,
    bio TEXT NOT NULL,
    likes TEXT NOT NULL,
    tired_of TEXT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind IN (0, 1)),
    model TEXT
);

CREATE TABLE tools (
    id INTEGER PRIMARY KEY NOT NULL,
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
CREATE INDEX tools_category_id ON tools (category_id);

CREATE TABLE price_plans (
    id INTEGER PRIMARY KEY NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    price TEXT NOT NULL,
    currency TEXT NOT NULL,
    per TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX price_plans_tool_id ON price_plans (tool_id);

CREATE TABLE facts (
    id INTEGER PRIMARY KEY NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    source TEXT,
    checked_on DATE,
    UNIQUE (tool_id, label)
);

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY NOT NULL,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    reviewer_id BIGINT NOT NULL REFERENCES reviewers (id),
    verdict SMALLINT NOT NULL CHECK (verdict IN (0, 1)),
    score SMALLINT CHECK (score BETWEEN 0 AND 100),
    take TEXT NOT NULL,
    reviewed_on DATE,
    basis SMALLINT CHECK (basis IN (0, 1)),
    UNIQUE (tool_id, reviewer_id)
);
CREATE INDEX reviews_reviewer_id ON reviews (reviewer_id);

-- The first tool is the one whose slug sorts first; the store keeps that order.
CREATE TABLE comparisons (
    id INTEGER PRIMARY KEY NOT NULL,
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
CREATE INDEX comparisons_second_tool_id ON comparisons (second_tool_id);

-- What whoever keeps a copy in memory must know: a number that rises, in the same transaction, with
-- every change of the catalogue (1), of accounts and their sessions (2), and of votes (3).
CREATE TABLE versions (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id IN (1, 2, 3)),
    value BIGINT NOT NULL
);
INSERT INTO versions (id, value) VALUES (1, 1), (2, 1), (3, 0);
