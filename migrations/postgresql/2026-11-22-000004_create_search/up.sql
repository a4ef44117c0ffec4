-- Full-text index over tools, name first (weight A) and description last (weight D). The
-- catalogue store writes it in the transaction that writes the tool.
CREATE TABLE tool_search (
    tool_id BIGINT PRIMARY KEY NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    document TSVECTOR NOT NULL
);
CREATE INDEX tool_search_document ON tool_search USING GIN (document);
