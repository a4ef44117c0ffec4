//! What the sender of a suggestion reads where the moderator wrote nothing: how its tool stands.

use crate::catalogue::Status;

const ADDED: &str = "Thank you. It has been added.";
const LISTED: &str = "Thank you. It is already listed.";
const PREPARED: &str = "Thank you. It is being prepared and appears once it is published.";
const NOT_LISTED: &str = "Thank you. It was suggested before and is not listed at present.";

/// What is answered where the tool was made.
pub fn added(status: Status) -> &'static str {
    if status == Status::Published { ADDED } else { PREPARED }
}

/// What is answered where the tool was there already.
pub fn already_there(status: Status) -> &'static str {
    match status {
        Status::Published => LISTED,
        Status::Draft => PREPARED,
        Status::Archived => NOT_LISTED,
    }
}

/// An answer as it is true now that the tool has this status; one that a moderator wrote stays as it is.
pub fn up_to_date(answer: &str, status: Status) -> &str {
    match (answer, status) {
        (PREPARED, Status::Published) => ADDED,
        (NOT_LISTED, Status::Published) => LISTED,
        (LISTED | NOT_LISTED, Status::Draft) => PREPARED,
        (LISTED | PREPARED, Status::Archived) => NOT_LISTED,
        _ => answer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_follows_the_tool_and_a_written_one_stays() {
        for (answer, status, now) in [
            (PREPARED, Status::Draft, PREPARED),
            (PREPARED, Status::Published, ADDED),
            (PREPARED, Status::Archived, NOT_LISTED),
            (LISTED, Status::Archived, NOT_LISTED),
            (NOT_LISTED, Status::Published, LISTED),
            (ADDED, Status::Archived, ADDED),
            ("Thank you, Ada.", Status::Published, "Thank you, Ada."),
        ] {
            assert_eq!(up_to_date(answer, status), now);
        }
        assert_eq!([Status::Draft, Status::Archived].map(already_there), [PREPARED, NOT_LISTED]);
    }
}
