-- Full-text index over tools; rowid is the tool's id. The catalogue store writes it in the
-- transaction that writes the tool.
CREATE VIRTUAL TABLE tool_search USING fts5 (
    name, tagline, description, category,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
