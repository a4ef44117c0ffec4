DROP TABLE tool_logos;
DROP TABLE pictures;
