-- One vote per account and tool; choice 0 skip, 1 ship. A tally is changed in the transaction
-- that changes a vote; its revision is the version of all votes (versions, 3) at its last change, so
-- that the newest state is known and changes can be followed.
CREATE TABLE votes (
    id INTEGER PRIMARY KEY NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    tool_id BIGINT NOT NULL REFERENCES tools (id),
    choice SMALLINT NOT NULL CHECK (choice IN (0, 1)),
    cast_at TIMESTAMP NOT NULL,
    UNIQUE (account_id, tool_id)
);
CREATE INDEX votes_tool_id ON votes (tool_id);

CREATE TABLE tallies (
    tool_id BIGINT PRIMARY KEY NOT NULL REFERENCES tools (id),
    ships BIGINT NOT NULL CHECK (ships >= 0),
    skips BIGINT NOT NULL CHECK (skips >= 0),
    revision BIGINT NOT NULL
);
CREATE INDEX tallies_revision ON tallies (revision);
