-- After 30 days nothing says from which network a vote came. Signals about a network name it in their key and are
-- removed in time from now on; those that are stored may be older, and the next look finds again what still holds.
DELETE FROM signals WHERE kind = 3;

-- The log called a network by four letters that were made of its hash: "came from one network, ABCD (85%)".
UPDATE log_entries
SET label = substr(label, 1, position('from one network, ' IN label) + 15) || substr(label, position('from one network, ' IN label) + 22)
WHERE object = 5 AND position('from one network, ' IN label) > 0;
