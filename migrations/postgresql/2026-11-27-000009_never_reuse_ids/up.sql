-- No id is ever given out twice. On PostgreSQL that is so already: identity columns count on.
SELECT 1;
