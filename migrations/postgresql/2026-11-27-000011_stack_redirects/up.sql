-- An address may have belonged to several records, one after the other: each is kept, so that when the newest no longer
-- stands for it (it was withdrawn, archived or deleted), the address leads on to the one before.
ALTER TABLE redirects DROP CONSTRAINT redirects_kind_slug_key;
CREATE INDEX redirects_slug ON redirects (kind, slug);
