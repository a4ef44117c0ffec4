DELETE FROM redirects WHERE id NOT IN (SELECT max(id) FROM redirects GROUP BY kind, slug);
DROP INDEX redirects_slug;
ALTER TABLE redirects ADD CONSTRAINT redirects_kind_slug_key UNIQUE (kind, slug);
