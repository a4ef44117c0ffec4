-- The index holds words as the program has prepared them. A program that starts makes the entries anew where the number
-- of its rules is not the one that is stored.
CREATE TABLE search_rules (
    number BIGINT PRIMARY KEY NOT NULL
);
INSERT INTO search_rules (number) VALUES (0);
