-- The entries are not brought back: older programs write them with the next import.
DROP TABLE search_rules;
DROP TABLE tool_search;
CREATE VIRTUAL TABLE tool_search USING fts5 (
    name, tagline, description, category,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
