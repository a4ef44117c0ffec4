//! What goes over the wire: server-sent events, plain and compressed.
//!
//! A stream that is compressed is one gzip file that never ends. What it is put together from was compressed by itself
//! and ends with a full flush, so that one piece serves all readers, wherever their streams began.

use std::sync::{Arc, OnceLock};

use actix_web::web::Bytes;
use flate2::{Compress, Compression, FlushCompress};

/// How a gzip file begins: deflate, without name or time (RFC 1952, section 2.3).
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// One or more server-sent events, ready for the wire. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Frame(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    plain: Bytes,
    gzip: OnceLock<Bytes>,
}

/// How the frames of a stream are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StreamEncoding {
    Plain,
    /// As pieces of a gzip file.
    Gzip,
}

impl Frame {
    /// A frame of these events.
    pub fn new(events: impl Into<Bytes>) -> Self {
        Self(Arc::new(Inner { plain: events.into(), gzip: OnceLock::new() }))
    }

    /// Its bytes, compressed when they are first asked for.
    pub(super) fn bytes(&self, encoding: StreamEncoding) -> Bytes {
        match encoding {
            StreamEncoding::Plain => self.0.plain.clone(),
            StreamEncoding::Gzip => self.0.gzip.get_or_init(|| gzip_piece(&self.0.plain)).clone(),
        }
    }

    /// The same at the beginning of a stream.
    pub(super) fn beginning(&self, encoding: StreamEncoding) -> Bytes {
        match encoding {
            StreamEncoding::Plain => self.bytes(encoding),
            StreamEncoding::Gzip => [&GZIP_HEAD[..], &self.bytes(encoding)].concat().into(),
        }
    }
}

/// A piece of a gzip file that refers to nothing before it, can be read at once, and may be followed by any other.
fn gzip_piece(plain: &[u8]) -> Bytes {
    let mut encoder = Compress::new(Compression::default(), false);
    // Into memory with room nothing fails. What repeats nothing takes a little more compressed than plain.
    let mut compressed = Vec::with_capacity(plain.len() + plain.len() / 8 + 100);
    let _ = encoder.compress_vec(plain, &mut compressed, FlushCompress::Full);
    Bytes::copy_from_slice(&compressed)
}

/// One server-sent event; `data` is a single line.
pub fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

/// An event that replaces the inside of the page's element `id`.
pub fn part(id: &str, html: &str) -> String {
    event("part", &serde_json::json!({ "id": id, "html": html }).to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whoever_comes_when_ever_can_read_all_that_comes_then(
            texts in proptest::collection::vec("(<b>|x|\\PC){0,40}", 1..6), from in 0usize..6,
        ) {
            let frames: Vec<Frame> = texts.iter().cloned().map(Frame::new).collect();
            let from = from.min(frames.len() - 1);
            let mut sent = Vec::new();
            for (at, text) in texts.iter().enumerate().skip(from) {
                let piece = if at == from { frames[at].beginning(StreamEncoding::Gzip) } else { frames[at].bytes(StreamEncoding::Gzip) };
                sent.extend(piece);
                // All of it is there although more is to come.
                let expected = texts[from..=at].concat();
                let mut read = vec![0; expected.len()];
                GzDecoder::new(&sent[..]).read_exact(&mut read).unwrap();
                prop_assert_eq!(String::from_utf8(read).unwrap(), expected);
                prop_assert_eq!(&frames[at].bytes(StreamEncoding::Plain)[..], text.as_bytes());
            }
        }
    }

    #[test]
    fn a_part_is_one_line_of_data() {
        assert_eq!(part("x", "<b>\n</b>"), "event: part\ndata: {\"html\":\"<b>\\n</b>\",\"id\":\"x\"}\n\n");
    }
}
