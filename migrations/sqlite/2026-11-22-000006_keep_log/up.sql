-- Every act at the desk. handle is the moderator's as it was then; public_label is what readers see of the
-- object, and null for what is not for them. object: 0 category, 1 reviewer, 2 tool, 3 comparison, 4 submission,
-- 5 votes, 6 account, 7 setting, 8 import. revision_id is the revision that the act made, withdraws the one that it
-- takes back: readers see nothing of an act whose revision was withdrawn. Rows are only ever added.
CREATE TABLE log_entries (
    id INTEGER PRIMARY KEY NOT NULL,
    made_at TIMESTAMP NOT NULL,
    account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    handle TEXT NOT NULL,
    act TEXT NOT NULL,
    object SMALLINT NOT NULL CHECK (object BETWEEN 0 AND 8),
    object_id BIGINT,
    label TEXT NOT NULL,
    public_label TEXT,
    href TEXT,
    reason TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    revision_id BIGINT,
    withdraws BIGINT
);
CREATE INDEX log_entries_made_at ON log_entries (made_at);
CREATE INDEX log_entries_object ON log_entries (object, object_id);
CREATE INDEX log_entries_account_id ON log_entries (account_id);
CREATE INDEX log_entries_public ON log_entries (object, id) WHERE public_label IS NOT NULL;
CREATE INDEX log_entries_revision_id ON log_entries (revision_id) WHERE revision_id IS NOT NULL;
CREATE INDEX log_entries_withdraws ON log_entries (withdraws) WHERE withdraws IS NOT NULL;

-- What admins set at the desk.
CREATE TABLE site_settings (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);
