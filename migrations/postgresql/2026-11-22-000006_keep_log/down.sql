DROP TABLE site_settings;
DROP TABLE log_entries;
