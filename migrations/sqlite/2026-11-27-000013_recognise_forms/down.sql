CREATE INDEX sessions_account_id ON sessions (account_id);
DROP INDEX sessions_account_id_expires_at;
DROP INDEX sessions_network;
ALTER TABLE sessions DROP COLUMN network;
DROP TABLE saved_forms;
DROP TABLE sent_forms;
