-- What was forgotten does not come back.
SELECT 1;
