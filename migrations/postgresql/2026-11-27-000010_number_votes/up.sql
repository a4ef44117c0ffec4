-- revision: the version of all votes (versions, 3) at which the vote was cast, changed or moved to another tool. Who looked
-- at votes at one version and acts on them later acts on no other votes than those that were there. 0 for the
-- votes that were cast before this was kept.
ALTER TABLE votes ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;

-- The version of all votes when a signal was dismissed: what came later is new.
ALTER TABLE signals ADD COLUMN dismissed_revision BIGINT;
