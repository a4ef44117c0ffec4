-- A form that is sent twice is answered like the first time: its key leads to where the first sending led. `state` is
-- what the session held afterwards, or the line to show there; without a `location` it is still being worked on.
CREATE TABLE sent_forms (
    key_hash TEXT PRIMARY KEY NOT NULL,
    location TEXT,
    state TEXT,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX sent_forms_made_at ON sent_forms (made_at);

-- What somebody typed into a form before it turned out that their session was over: it is given back to that account.
CREATE TABLE saved_forms (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    fields TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX saved_forms_account_id ON saved_forms (account_id);
CREATE INDEX saved_forms_made_at ON saved_forms (made_at);

-- From which network a session without an account comes, as a keyed hash: no network fills the table, and of all of
-- them the oldest are found.
ALTER TABLE sessions ADD COLUMN network BIGINT;
CREATE INDEX sessions_network ON sessions (network, expires_at);
CREATE INDEX sessions_account_id_expires_at ON sessions (account_id, expires_at);
DROP INDEX sessions_account_id;
