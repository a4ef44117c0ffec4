DROP TABLE tallies;
DROP TABLE votes;
