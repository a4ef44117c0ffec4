ALTER TABLE signals DROP COLUMN dismissed_revision;
ALTER TABLE votes DROP COLUMN revision;
