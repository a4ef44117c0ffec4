DROP TABLE tool_search;
