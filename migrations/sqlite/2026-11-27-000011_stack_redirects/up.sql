-- An address may have belonged to several records, one after the other: each is kept, so that when the newest no longer
-- stands for it (it was withdrawn, archived or deleted), the address leads on to the one before.
CREATE TABLE new_redirects (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    kind SMALLINT NOT NULL CHECK (kind BETWEEN 0 AND 2),
    slug TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
INSERT INTO new_redirects (id, kind, slug, record_id, made_at)
SELECT id, kind, slug, record_id, made_at FROM redirects;
DROP TABLE redirects;
ALTER TABLE new_redirects RENAME TO redirects;
CREATE INDEX redirects_slug ON redirects (kind, slug);
CREATE INDEX redirects_record_id ON redirects (kind, record_id);
