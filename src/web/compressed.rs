//! Bodies as they are sent: each compressed form made once, when it is first asked for, and named by an ETag.

use std::io::Write;
use std::sync::OnceLock;

use actix_web::HttpRequest;
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, Encoding, EntityTag, Header, HeaderValue,
};
use actix_web::web::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use xxhash_rust::xxh3::xxh3_64;

/// What a body is sent in.
static ENCODINGS: [Encoding; 3] = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];

/// What a body is sent in that hardly anybody else asks for: gzip takes half as long as brotli, for a sixth more bytes.
static QUICK_ENCODINGS: [Encoding; 2] = [Encoding::gzip(), Encoding::identity()];

/// A body, its ETag, and its compressed forms.
pub struct CompressedBody {
    plain: Bytes,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    tag: EntityTag,
    offered: &'static [Encoding],
}

impl CompressedBody {
    /// For what changes: compressed when it is asked for.
    pub fn new(plain: impl Into<Bytes>) -> Self {
        let plain = plain.into();
        let tag = EntityTag::new_weak(digest(&plain));
        Self { plain, brotli: OnceLock::new(), gzip: OnceLock::new(), tag, offered: &ENCODINGS }
    }

    /// The same body, to be sent in what is quickly made.
    pub fn quick(self) -> Self {
        Self { offered: &QUICK_ENCODINGS, ..self }
    }

    /// For what does not change: compressed at once, as small as it gets.
    pub fn smallest(plain: impl Into<Bytes>) -> Self {
        let body = Self::new(plain);
        Self { brotli: brotli(&body.plain, 11).into(), gzip: gzip(&body.plain, 9).into(), ..body }
    }

    /// How many bytes it holds at most: of the two compressed forms each is at most half as large, or small.
    pub fn size(&self) -> usize {
        self.plain.len() * 2
    }

    pub(crate) fn tag(&self) -> &EntityTag {
        &self.tag
    }

    /// The best form that whoever asks understands, and its encoding.
    pub(crate) fn best_for(&self, request: &HttpRequest) -> (Bytes, ContentEncoding) {
        let encoding = negotiated(request, self.offered);
        let bytes = match encoding {
            ContentEncoding::Brotli => self.brotli.get_or_init(|| brotli(&self.plain, 5)),
            ContentEncoding::Gzip => self.gzip.get_or_init(|| gzip(&self.plain, 6)),
            _ => &self.plain,
        };
        (bytes.clone(), encoding)
    }
}

/// The longest list of encodings that is read, in bytes.
const LONGEST_HEADER: usize = 1000;

/// Which of these encodings the one who asks likes best; the first of several, and plain if they say nothing.
pub(crate) fn negotiated(request: &HttpRequest, offered: &[Encoding]) -> ContentEncoding {
    // What a browser says is short; a list of thousands would be sorted for each answer.
    let is_short = |value: &HeaderValue| value.len() <= LONGEST_HEADER;
    if !request.headers().get_all(header::ACCEPT_ENCODING).all(is_short) {
        return ContentEncoding::Identity;
    }
    let accepted = AcceptEncoding::parse(request).ok();
    match accepted.and_then(|accepted| accepted.negotiate(offered.iter())) {
        Some(Encoding::Known(encoding)) => encoding,
        _ => ContentEncoding::Identity,
    }
}

/// Names a text among all that ever stood at its address: a hash of 64 bits, and the length.
/// Nobody gains by making two pages of one address look the same to those who have one of them.
fn digest(text: &[u8]) -> String {
    format!("{:016x}{:x}", xxh3_64(text), text.len())
}

fn brotli(plain: &[u8], quality: i32) -> Bytes {
    let mut compressed = Vec::with_capacity(plain.len() / 3);
    // A window that the text fits in: the usual one is of 4 MiB. With 16 bits and less the encoder goes
    // another way, which took many times as long.
    let window = (plain.len().max(1).ilog2() + 1).clamp(18, 22);
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: i32::try_from(window).unwrap_or(22),
        size_hint: plain.len(),
        ..Default::default()
    };
    // Writing into memory does not fail.
    let _ = brotli::BrotliCompress(&mut &plain[..], &mut compressed, &parameters);
    compressed.into()
}

fn gzip(plain: &[u8], level: u32) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::new(level));
    // Writing into memory does not fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default().into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::io::Read;

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn asks_for(accepted: &str) -> HttpRequest {
        TestRequest::default().insert_header((header::ACCEPT_ENCODING, accepted)).to_http_request()
    }

    fn uncompressed((bytes, encoding): (Bytes, ContentEncoding)) -> Vec<u8> {
        let mut text = Vec::new();
        match encoding {
            ContentEncoding::Brotli => brotli::BrotliDecompress(&mut &bytes[..], &mut text).unwrap(),
            ContentEncoding::Gzip => {
                flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap();
            }
            _ => text.extend(bytes),
        }
        text
    }

    proptest! {
        #[test]
        fn compression_is_undone_by_the_other_side(
            text in proptest::collection::vec(any::<u8>(), 0..3000), repeated in 1usize..30,
        ) {
            let text = text.repeat(repeated);
            let body = || CompressedBody::new(text.clone());
            for body in [body(), body().quick(), CompressedBody::smallest(text.clone())] {
                for accepted in ["gzip, deflate, br, zstd", "gzip", "br, gzip;q=0", "identity"] {
                    prop_assert_eq!(&uncompressed(body.best_for(&asks_for(accepted))), &text, "{}", accepted);
                }
            }
        }
    }

    #[test]
    fn what_was_said_to_be_accepted_is_what_is_sent() {
        let body = CompressedBody::new("text");
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", ContentEncoding::Brotli),
            ("gzip", ContentEncoding::Gzip),
            ("br, gzip;q=0", ContentEncoding::Brotli),
            ("gzip;q=1, br;q=0.5", ContentEncoding::Gzip),
            ("identity", ContentEncoding::Identity),
            ("zstd", ContentEncoding::Identity),
            ("", ContentEncoding::Identity),
        ] {
            assert_eq!(body.best_for(&asks_for(accepted)).1, encoding, "{accepted}");
        }
        let quick = CompressedBody::new("text").quick();
        for (accepted, encoding) in
            [("gzip, deflate, br, zstd", ContentEncoding::Gzip), ("br", ContentEncoding::Identity)]
        {
            assert_eq!(quick.best_for(&asks_for(accepted)).1, encoding, "{accepted}");
        }
        let says_nothing = TestRequest::default().to_http_request();
        assert_eq!(body.best_for(&says_nothing).1, ContentEncoding::Identity);
    }
}
