DELETE FROM redirects WHERE id NOT IN (SELECT max(id) FROM redirects GROUP BY kind, slug);
DROP INDEX redirects_slug;
CREATE UNIQUE INDEX redirects_kind_slug_key ON redirects (kind, slug);
