DROP INDEX facts_checked_on;
DROP INDEX tools_status_price_checked_on;
DROP INDEX tools_status_updated_at;
ALTER TABLE reviewers DROP COLUMN status;
ALTER TABLE categories DROP COLUMN status;
DROP TABLE uploads;
DROP TABLE redirects;
DROP TABLE changes;
DROP TABLE revisions;
