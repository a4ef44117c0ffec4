//! What an address of a record leads to.

/// A record that an address asks for.
#[derive(Debug)]
pub enum Located<T> {
    /// It is there.
    Here(T),
    /// It is there under this path.
    Moved(String),
    Nowhere,
}

impl<T> Located<T> {
    /// What was found for the last part of an address, with the path that it has now.
    pub fn new(last_part: &str, found: Option<(T, String)>) -> Self {
        match found {
            Some((record, path)) if path.rsplit('/').next() == Some(last_part) => Self::Here(record),
            Some((_, path)) => Self::Moved(path),
            None => Self::Nowhere,
        }
    }
}
