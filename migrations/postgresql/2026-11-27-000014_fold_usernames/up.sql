-- Usernames are compared in a form that the program folds, never the database: what lower() does depends on its
-- language (in Turkish, I is no capital i), and so does the order that ranges go by.
ALTER TABLE accounts ADD COLUMN handle_key TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE accounts
SET handle_key = translate(handle, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
-- Where such a database has let two accounts have one name, the first keeps it.
UPDATE accounts
SET handle = substr(handle, 1, 10) || '-' || id, handle_key = substr(handle_key, 1, 10) || '-' || id
WHERE EXISTS (
    SELECT FROM accounts AS earlier WHERE earlier.handle_key = accounts.handle_key AND earlier.id < accounts.id
);
-- A program that does not know of it shall not store an account without.
ALTER TABLE accounts ALTER COLUMN handle_key DROP DEFAULT;
DROP INDEX accounts_handle_lower;
CREATE UNIQUE INDEX accounts_handle_key ON accounts (handle_key);
