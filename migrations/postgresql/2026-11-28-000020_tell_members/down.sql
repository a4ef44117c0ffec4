ALTER TABLE accounts DROP COLUMN told_exclusion_id;
ALTER TABLE submissions DROP COLUMN answer_seen_at;
ALTER TABLE sessions DROP COLUMN seen_on;
