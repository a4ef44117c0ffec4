//! What goes over the wire: server-sent events.

use actix_web::web::Bytes;

/// One or more server-sent events, ready for the wire.
pub type Frame = Option<Bytes>;

/// One server-sent event; `data` is a single line.
#[must_use]
pub fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// An event that replaces the inside of the page's element `id`.
#[must_use]
pub fn part(id: &str, html: &str) -> String {
    event("part", &serde_json::json!({ "id": id, "html": html }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_one_line_of_data() {
        assert_eq!(part("x", "<b>\n</b>"), "event: part\ndata: {\"html\":\"<b>\\n</b>\",\"id\":\"x\"}\n\n");
    }
}
