-- What became of two records for one thing, so that it can be undone: source_id went into target_id. kind as in
-- revisions, a category or a tool. moved is a JSON object: what followed the source, by ids.
CREATE TABLE merges (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind IN (0, 2)),
    source_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    moved TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    undone_at TIMESTAMP
);
CREATE INDEX merges_source_id ON merges (source_id, kind);
CREATE INDEX merges_target_id ON merges (target_id, kind);

-- Whose votes a merge moved from the source to the target; a vote of theirs on the target went the other way.
CREATE TABLE merged_votes (
    merge_id BIGINT NOT NULL REFERENCES merges (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    PRIMARY KEY (merge_id, account_id)
);
CREATE INDEX merged_votes_account_id ON merged_votes (account_id);
