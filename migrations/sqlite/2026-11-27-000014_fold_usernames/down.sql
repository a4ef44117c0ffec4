DROP INDEX accounts_handle_key;
CREATE UNIQUE INDEX accounts_handle_lower ON accounts (lower(handle));
ALTER TABLE accounts DROP COLUMN handle_key;
