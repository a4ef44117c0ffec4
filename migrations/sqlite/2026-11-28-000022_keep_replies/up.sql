-- Answers that moderators give often, to choose from in the queue.
CREATE TABLE saved_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL
);
