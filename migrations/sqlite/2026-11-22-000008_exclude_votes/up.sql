-- Votes that do not count, and why. They stay stored, and it can be undone. kind: 0 a burst, 1 new accounts,
-- 2 accounts that vote the same, 3 one network, 4 a suspended account, 5 another reason. subject_id is the account, where it is
-- about all votes of one.
CREATE TABLE exclusions (
    id INTEGER PRIMARY KEY NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 5),
    reason TEXT NOT NULL,
    subject_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    made_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    made_at TIMESTAMP NOT NULL,
    undone_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    undone_at TIMESTAMP
);
CREATE INDEX exclusions_subject_id ON exclusions (subject_id);
CREATE INDEX exclusions_made_by ON exclusions (made_by);
CREATE INDEX exclusions_undone_by ON exclusions (undone_by);

-- exclusion_id: why a vote does not count. network: a keyed hash of the voter's /24 or /48, for 30 days.
ALTER TABLE votes ADD COLUMN exclusion_id BIGINT REFERENCES exclusions (id);
ALTER TABLE votes ADD COLUMN network BIGINT;
DROP INDEX votes_tool_id;
CREATE INDEX votes_tool_id ON votes (tool_id, cast_at);
CREATE INDEX votes_cast_at ON votes (cast_at);
CREATE INDEX votes_excluded ON votes (tool_id, exclusion_id) WHERE exclusion_id IS NOT NULL;
CREATE INDEX votes_exclusion_id ON votes (exclusion_id) WHERE exclusion_id IS NOT NULL;
CREATE INDEX votes_network ON votes (cast_at) WHERE network IS NOT NULL;

-- suspension_id is the exclusion of a suspended account's votes; its reason is what the account is told.
ALTER TABLE accounts ADD COLUMN suspension_id BIGINT REFERENCES exclusions (id);
CREATE INDEX accounts_created_at ON accounts (created_at);
CREATE INDEX accounts_suspension_id ON accounts (suspension_id) WHERE suspension_id IS NOT NULL;
CREATE INDEX accounts_role ON accounts (role, created_at);
CREATE INDEX accounts_suspended_at ON accounts (suspended_at) WHERE suspended_at IS NOT NULL;

-- What looks bought, found by looking at the votes again and again. kind as in exclusions, 0 to 3. key names the same
-- finding again; accounts is a JSON array of the ids of those whose votes it is about.
CREATE TABLE signals (
    id INTEGER PRIMARY KEY NOT NULL,
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
CREATE INDEX signals_dismissed_at ON signals (dismissed_at, seen_at);
CREATE INDEX signals_tool_id ON signals (tool_id);
CREATE INDEX signals_dismissed_by ON signals (dismissed_by);
