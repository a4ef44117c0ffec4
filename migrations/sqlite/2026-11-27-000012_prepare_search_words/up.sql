-- The index holds words as the program has prepared them, which a tokenizer must not take apart again: `c++` is one.
-- A program that starts makes the entries anew where the number of its rules is not the one that is stored.
DROP TABLE tool_search;
CREATE VIRTUAL TABLE tool_search USING fts5 (
    name, tagline, description, category,
    tokenize = "ascii tokenchars '+#.'", prefix = '1 2 3'
);
CREATE TABLE search_rules (
    number BIGINT PRIMARY KEY NOT NULL
);
INSERT INTO search_rules (number) VALUES (0);
