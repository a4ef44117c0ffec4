DROP INDEX sessions_network;
ALTER TABLE sessions DROP COLUMN network;
DROP TABLE saved_forms;
DROP TABLE sent_forms;
