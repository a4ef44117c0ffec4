-- Usernames are compared in a form that the program folds, never the database: what lower() does depends on its
-- language (in Turkish, I is no capital i). SQLite's own lower() knows the letters from A to Z only, as usernames do.
ALTER TABLE accounts ADD COLUMN handle_key TEXT NOT NULL DEFAULT '';
UPDATE accounts SET handle_key = lower(handle);
DROP INDEX accounts_handle_lower;
CREATE UNIQUE INDEX accounts_handle_key ON accounts (handle_key);
