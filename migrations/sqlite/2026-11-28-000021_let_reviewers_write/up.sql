-- Which account writes for which human reviewer: one for one.
CREATE TABLE reviewer_accounts (
    reviewer_id BIGINT PRIMARY KEY NOT NULL REFERENCES reviewers (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    linked_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX reviewer_accounts_account_id ON reviewer_accounts (account_id);

-- What a reviewer wrote and no moderator has published yet: one of each reviewer and tool. content is a review of a
-- catalogue file as JSON; with a note a moderator has returned it to its writer.
CREATE TABLE review_drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    reviewer_id BIGINT NOT NULL REFERENCES reviewers (id) ON DELETE CASCADE,
    tool_id BIGINT NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    note TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX review_drafts_reviewer_id_tool_id ON review_drafts (reviewer_id, tool_id);
CREATE INDEX review_drafts_note ON review_drafts (note, id);
CREATE INDEX review_drafts_tool_id ON review_drafts (tool_id);
CREATE INDEX review_drafts_account_id ON review_drafts (account_id);
