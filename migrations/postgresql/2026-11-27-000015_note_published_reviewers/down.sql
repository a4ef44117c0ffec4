-- What the log no longer tells readers stays so.
ALTER TABLE reviewers DROP COLUMN published_at;
