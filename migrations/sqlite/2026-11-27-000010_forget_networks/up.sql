-- After 30 days nothing says from which network a vote came. Signals about a network name it in their key and are
-- removed in time from now on; those that are stored may be older, and the next look finds again what still holds.
DELETE FROM signals WHERE kind = 3;

-- The log called a network by four letters that were made of its hash: "came from one network, ABCD (85%)".
UPDATE log_entries
SET label = substr(label, 1, instr(label, 'from one network, ') + 15) || substr(label, instr(label, 'from one network, ') + 22)
WHERE object = 5 AND instr(label, 'from one network, ') > 0;
