-- The entries stay as they are; older programs write theirs with the next import.
DROP TABLE search_rules;
