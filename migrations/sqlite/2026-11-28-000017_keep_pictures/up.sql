-- Logos of tools, as they were made anew from what a moderator sent. A picture is kept under the hash of its bytes, so that
-- its address never shows another; of a tool the former one stays known, to be put back.
CREATE TABLE pictures (
    hash TEXT PRIMARY KEY NOT NULL,
    png BLOB NOT NULL
);
CREATE TABLE tool_logos (
    tool_id BIGINT PRIMARY KEY NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
    logo TEXT REFERENCES pictures (hash),
    former TEXT REFERENCES pictures (hash)
);
