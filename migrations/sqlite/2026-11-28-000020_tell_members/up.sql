-- On which day a session was last used, so that its owner tells it from the others and ends what is not theirs.
ALTER TABLE sessions ADD COLUMN seen_on DATE;

-- When the sender of a submission looked at the answer: until then the head of every page says that there is one. What
-- was answered before is not new.
ALTER TABLE submissions ADD COLUMN answer_seen_at TIMESTAMP;
UPDATE submissions SET answer_seen_at = decided_at;

-- Up to which exclusion the owner of an account was told that votes of theirs are excluded.
ALTER TABLE accounts ADD COLUMN told_exclusion_id BIGINT NOT NULL DEFAULT 0;
