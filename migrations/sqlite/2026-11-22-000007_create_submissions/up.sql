-- What readers send to the desk. kind: 0 a tool, 1 a correction, 2 a report. status: 0 open, 1 accepted,
-- 2 declined, 3 declined as spam. name is that of a tool that somebody misses, else empty; content is what the form
-- held, as a JSON object.
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tool_id BIGINT REFERENCES tools (id) ON DELETE SET NULL,
    reviewer_id BIGINT REFERENCES reviewers (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    status SMALLINT NOT NULL CHECK (status BETWEEN 0 AND 3),
    taken_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    taken_at TIMESTAMP,
    decided_by BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
    decided_at TIMESTAMP,
    answer TEXT NOT NULL,
    outcome_tool_id BIGINT REFERENCES tools (id) ON DELETE SET NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX submissions_status ON submissions (status, made_at);
CREATE INDEX submissions_account_id ON submissions (account_id, made_at);
CREATE INDEX submissions_tool_id ON submissions (tool_id);
CREATE INDEX submissions_reviewer_id ON submissions (reviewer_id);
CREATE INDEX submissions_taken_by ON submissions (taken_by);
CREATE INDEX submissions_decided_by ON submissions (decided_by);
CREATE INDEX submissions_outcome_tool_id ON submissions (outcome_tool_id);
