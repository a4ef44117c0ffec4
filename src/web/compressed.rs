//! Bodies as they are sent: compressed, each form once, and named by an ETag.
//!
//! A body that was just made is compressed quickly, because it may be asked for once, or be stale
//! with the next vote. One that stays and is asked for again is compressed well, off the async
//! workers; until that is done, the quick form goes out.

use std::{
    cell::RefCell,
    io::Write,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest,
    http::header::{self, AcceptEncoding, Encoding, EntityTag, Header, HeaderValue},
    web::Bytes,
};
use flate2::{Compress, Compression, FlushCompress, Status, write::GzEncoder};
use xxhash_rust::xxh3::xxh3_64;

/// How long a body must have been there before it is worth compressing well.
const SETTLED: Duration = Duration::from_millis(500);

/// The level of gzip for what was just made.
const QUICK: u32 = 1;

/// The level of gzip for what stays.
const WELL: u32 = 6;

/// A body, its ETag, and its compressed forms. Cloning is cheap.
#[derive(Clone)]
pub struct Encoded(Arc<Forms>);

struct Forms {
    plain: Bytes,
    quick: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    made: Instant,
    /// Whether somebody is at work on the form that stays, one for each.
    brotli_begun: AtomicBool,
    gzip_begun: AtomicBool,
    tag: EntityTag,
    /// The same as it is sent.
    tag_value: HeaderValue,
}

impl Encoded {
    /// For what changes: compressed when it is asked for.
    #[must_use]
    pub fn lazy(plain: Vec<u8>) -> Self {
        let tag = EntityTag::new_weak(digest(&plain));
        // Quoted hexadecimal digits always make a value.
        let tag_value = HeaderValue::try_from(tag.to_string()).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self(Arc::new(Forms {
            plain: plain.into(),
            quick: OnceLock::new(),
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
            made: Instant::now(),
            brotli_begun: AtomicBool::new(false),
            gzip_begun: AtomicBool::new(false),
            tag,
            tag_value,
        }))
    }

    /// For what does not change: compressed at once, as small as it gets.
    #[must_use]
    pub fn for_good(plain: Vec<u8>) -> Self {
        let body = Self::lazy(plain);
        let _ = body.0.brotli.set(brotli(&body.0.plain, 11));
        let _ = body.0.gzip.set(gzip(&body.0.plain, 9));
        body
    }

    /// The length as it is, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.plain.len()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.plain.is_empty()
    }

    /// The body as it is.
    pub(crate) fn plain(&self) -> &[u8] {
        &self.0.plain
    }

    /// Its ETag.
    pub(crate) fn tag(&self) -> &EntityTag {
        &self.0.tag
    }

    /// The value of the header of that name.
    pub(crate) fn tag_value(&self) -> &HeaderValue {
        &self.0.tag_value
    }

    /// What to send to somebody who accepts this, and the name of its encoding.
    pub(crate) fn packed(&self, accepted: Accepted) -> (Bytes, Option<HeaderValue>) {
        let forms = &*self.0;
        let best = match accepted.best {
            Packing::None => return (forms.plain.clone(), None),
            Packing::Brotli => forms.brotli.get().map(|bytes| (bytes, "br")),
            Packing::Gzip => forms.gzip.get().map(|bytes| (bytes, "gzip")),
        };
        let (bytes, name) = best.unwrap_or_else(|| {
            if !accepted.gzip {
                return (forms.brotli.get_or_init(|| brotli(&forms.plain, 5)), "br");
            }
            if forms.quick.get().is_some() && forms.made.elapsed() >= SETTLED {
                self.settle(accepted.best);
            }
            (forms.quick.get_or_init(|| gzip(&forms.plain, QUICK)), "gzip")
        });
        (bytes.clone(), Some(HeaderValue::from_static(name)))
    }

    /// Has the form that stays made by a thread that may take its time.
    fn settle(&self, best: Packing) {
        let begun = if best == Packing::Brotli { &self.0.brotli_begun } else { &self.0.gzip_begun };
        if begun.swap(true, Ordering::Relaxed) {
            return;
        }
        let body = self.clone();
        let work = move || {
            let forms = &*body.0;
            if best == Packing::Brotli {
                let _ = forms.brotli.set(brotli(&forms.plain, 5));
            } else {
                let _ = forms.gzip.set(gzip(&forms.plain, WELL));
            }
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(work)),
            Err(_) => work(),
        }
    }
}

/// Names a text among all that ever stood at its address: a hash of 64 bits, and the length.
/// Nobody gains by making two pages of one address look the same to those who have one of them.
fn digest(text: &[u8]) -> String {
    format!("{:016x}{:x}", xxh3_64(text), text.len())
}

/// How a body is compressed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Brotli,
    Gzip,
    None,
}

/// What the one who asks understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    best: Packing,
    /// Whether gzip will do, if it is not the best.
    pub gzip: bool,
}

const PLAIN: Accepted = Accepted { best: Packing::None, gzip: false };

/// What the one who asks understands. Browsers say it in a few fixed ways, so each thread remembers
/// what it made of the last one.
pub(crate) fn accepted(request: &HttpRequest) -> Accepted {
    thread_local! {
        static LAST: RefCell<(HeaderValue, Accepted)> =
            const { RefCell::new((HeaderValue::from_static(""), PLAIN)) };
    }
    let mut values = request.headers().get_all(header::ACCEPT_ENCODING);
    let Some(value) = values.next() else { return PLAIN };
    if values.next().is_some() {
        return negotiated(request);
    }
    LAST.with_borrow_mut(|(asked, accepted)| {
        if asked != value || value.is_empty() {
            *accepted = negotiated(request);
            // A copy of its own: the one at hand keeps the whole request in memory.
            *asked = HeaderValue::from_bytes(value.as_bytes()).unwrap_or(HeaderValue::from_static(""));
        }
        *accepted
    })
}

fn negotiated(request: &HttpRequest) -> Accepted {
    let accept = AcceptEncoding::parse(request).ok();
    let chosen = |offered: &[Encoding]| accept.as_ref().and_then(|accept| accept.negotiate(offered.iter()));
    let best = match chosen(&[Encoding::brotli(), Encoding::gzip(), Encoding::identity()]) {
        Some(encoding) if encoding == Encoding::brotli() => Packing::Brotli,
        Some(encoding) if encoding == Encoding::gzip() => Packing::Gzip,
        _ => Packing::None,
    };
    let gzip = chosen(&[Encoding::gzip(), Encoding::identity()]) == Some(Encoding::gzip());
    Accepted { best, gzip }
}

fn brotli(plain: &[u8], quality: i32) -> Bytes {
    let mut packed = Vec::with_capacity(plain.len() / 3);
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
    let _ = brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters);
    packed.into()
}

/// Compresses by gzip. A thread keeps what it works with for the next text.
fn gzip(plain: &[u8], level: u32) -> Bytes {
    thread_local! {
        static QUICKLY: RefCell<(Compress, Vec<u8>)> =
            RefCell::new((Compress::new_gzip(Compression::new(QUICK), 15), Vec::new()));
    }
    let pack = |encoder: &mut Compress, packed: &mut Vec<u8>| {
        packed.clear();
        packed.reserve(room_for(plain));
        matches!(encoder.compress_vec(plain, packed, FlushCompress::Finish), Ok(Status::StreamEnd))
            .then(|| Bytes::copy_from_slice(packed))
    };
    if level == QUICK {
        let packed = QUICKLY.with_borrow_mut(|(encoder, packed)| {
            encoder.reset();
            pack(encoder, packed)
        });
        if let Some(packed) = packed {
            return packed;
        }
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::new(level));
    // Writing into memory does not fail.
    let _ = encoder.write_all(plain);
    encoder.finish().unwrap_or_default().into()
}

/// How a gzip file begins: deflate, without name or time (RFC 1952, section 2.3).
pub(crate) const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// A piece of a gzip file that refers to nothing before it, can be read at once, and may be followed by any other.
pub(crate) fn gzip_piece(plain: &[u8]) -> Bytes {
    let mut encoder = Compress::new(Compression::new(WELL), false);
    let mut packed = Vec::with_capacity(room_for(plain));
    // Into memory with room nothing fails.
    let _ = encoder.compress_vec(plain, &mut packed, FlushCompress::Full);
    Bytes::copy_from_slice(&packed)
}

/// How many bytes a text takes at most when it is compressed: level 1 spends up to nine bits on a byte that repeats
/// nothing.
fn room_for(plain: &[u8]) -> usize {
    plain.len() + plain.len() / 8 + 100
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use std::io::Read;

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    const BROWSER: Accepted = Accepted { best: Packing::Brotli, gzip: true };

    fn unpacked((bytes, encoding): (Bytes, Option<HeaderValue>)) -> Vec<u8> {
        let mut text = Vec::new();
        match encoding.as_ref().map(|name| name.to_str().unwrap()) {
            Some("br") => brotli::BrotliDecompress(&mut &bytes[..], &mut text).unwrap(),
            Some("gzip") => drop(flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap()),
            _ => text.extend(bytes),
        }
        text
    }

    fn name(packed: &(Bytes, Option<HeaderValue>)) -> &str {
        packed.1.as_ref().map_or("", |name| name.to_str().unwrap())
    }

    fn accepts(line: &str) -> Accepted {
        accepted(&TestRequest::default().insert_header((header::ACCEPT_ENCODING, line)).to_http_request())
    }

    proptest! {
        #[test]
        fn compression_is_undone_by_the_other_side(
            text in proptest::collection::vec(any::<u8>(), 0..3000), repeated in 1usize..30,
        ) {
            let text = text.repeat(repeated);
            let body = Encoded::lazy(text.clone());
            for accepted in [
                BROWSER,
                PLAIN,
                Accepted { best: Packing::Gzip, gzip: true },
                Accepted { best: Packing::Brotli, gzip: false },
            ] {
                prop_assert_eq!(&unpacked(body.packed(accepted)), &text);
            }
            let body = Encoded::for_good(text.clone());
            prop_assert_eq!(&unpacked(body.packed(BROWSER)), &text);
            let mut piece = vec![0; text.len()];
            flate2::read::DeflateDecoder::new(&gzip_piece(&text)[..]).read_exact(&mut piece).unwrap();
            prop_assert_eq!(piece, text);
        }
    }

    #[test]
    fn what_stays_and_is_asked_for_again_is_compressed_well() {
        let text: Vec<u8> = (0..2000).flat_map(|n| format!("<li>{}</li>", n % 37).into_bytes()).collect();
        let body = Encoded::lazy(text.clone());
        let first = body.packed(BROWSER);
        assert_eq!((name(&first), name(&body.packed(BROWSER))), ("gzip", "gzip"));
        std::thread::sleep(SETTLED);
        body.packed(BROWSER);
        let later = body.packed(BROWSER);
        assert_eq!(name(&later), "br");
        assert!(later.0.len() < first.0.len());
        assert_eq!(unpacked(later), text);
        // Whoever reads no brotli gets what they can read.
        let gzip = Accepted { best: Packing::Gzip, gzip: true };
        body.packed(gzip);
        assert_eq!(name(&body.packed(gzip)), "gzip");
        assert!(body.packed(gzip).0.len() < first.0.len());
    }

    #[test]
    fn what_was_said_to_be_accepted_is_what_is_sent() {
        assert_eq!(accepts("gzip, deflate, br, zstd"), BROWSER);
        assert_eq!(accepts("gzip"), Accepted { best: Packing::Gzip, gzip: true });
        assert_eq!(accepts("br, gzip;q=0"), Accepted { best: Packing::Brotli, gzip: false });
        assert_eq!(accepts("identity"), PLAIN);
        assert_eq!(accepts(""), PLAIN);
    }
}
