DROP TABLE versions;
DROP TABLE comparisons;
DROP TABLE reviews;
DROP TABLE facts;
DROP TABLE price_plans;
DROP TABLE tools;
DROP TABLE reviewers;
DROP TABLE categories;
