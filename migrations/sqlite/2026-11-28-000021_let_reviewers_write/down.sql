DROP TABLE review_drafts;
DROP TABLE reviewer_accounts;
