-- People and their sessions. E-mail addresses are stored in lower case; handles keep the case
-- their owner chose but are unique without regard to it. role: 0 member, 1 moderator, 2 admin.
CREATE TABLE accounts (
    id INTEGER PRIMARY KEY NOT NULL,
    handle TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role SMALLINT NOT NULL CHECK (role IN (0, 1, 2)),
    verified_at TIMESTAMP,
    suspended_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX accounts_handle_lower ON accounts (lower(handle));

-- The key in the cookie is never stored, only its SHA-256; account_id makes sessions revocable.
CREATE TABLE sessions (
    id_hash TEXT PRIMARY KEY NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_account_id ON sessions (account_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
