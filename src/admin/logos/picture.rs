//! A picture that somebody sent, as a logo: decoded within bounds, made small, and written anew, so that nothing of what was
//! sent is served but its colours.

use std::io::Cursor;

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba32FImage};

/// The longest side of a logo, in pixels.
pub(super) const SIDE: u32 = 128;

/// The longest side of what is decoded, and the most memory for it, in bytes.
const MOST_SIDE: u32 = 2048;
const MOST_MEMORY: u64 = 64 * 1024 * 1024;

const NO_PICTURE: &str = "This is not a PNG, JPEG or WebP picture, or it is damaged.";

/// The logo made of a picture, as PNG, or why there is none. Takes a moment.
pub(super) fn logo(sent: &[u8]) -> Result<Vec<u8>, String> {
    let picture = decoded(sent)?;
    let mut png = Cursor::new(Vec::new());
    small(picture).write_to(&mut png, ImageFormat::Png).map_err(|cause| cause.to_string())?;
    Ok(png.into_inner())
}

/// The picture, the way up that it was taken.
fn decoded(sent: &[u8]) -> Result<DynamicImage, String> {
    let no_picture = |_| NO_PICTURE.to_owned();
    let mut reader = ImageReader::new(Cursor::new(sent));
    let is_known = |format| matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP);
    let format = image::guess_format(sent).ok().filter(|format| is_known(*format)).ok_or(NO_PICTURE)?;
    reader.set_format(format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(no_picture)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > MOST_SIDE {
        return Err(format!(
            "The picture has {width} × {height} pixels; at most {MOST_SIDE} × {MOST_SIDE} are taken."
        ));
    }
    let turned = decoder.orientation().map_err(no_picture)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(no_picture)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

/// The picture with no side longer than a logo's, in eight bits.
fn small(picture: DynamicImage) -> DynamicImage {
    if picture.width().max(picture.height()) <= SIDE {
        return DynamicImage::ImageRgba8(picture.to_rgba8());
    }
    // Scaled with the colours weighed by how much is seen of them, or what is clear leaves a dark seam.
    let mut seen: Rgba32FImage = picture.into_rgba32f();
    for pixel in seen.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        pixel.0 = [red * alpha, green * alpha, blue * alpha, alpha];
    }
    let small = DynamicImage::ImageRgba32F(seen).resize(SIDE, SIDE, FilterType::CatmullRom);
    let mut small = small.into_rgba32f();
    for pixel in small.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let whole = |part: f32| if alpha > 0.0 { (part / alpha).clamp(0.0, 1.0) } else { 0.0 };
        pixel.0 = [whole(red), whole(green), whole(blue), alpha.clamp(0.0, 1.0)];
    }
    DynamicImage::ImageRgba8(DynamicImage::ImageRgba32F(small).into_rgba8())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use image::{Rgba, RgbaImage};
    use proptest::prelude::*;

    use super::*;

    /// A red disc on what is clear.
    fn disc(width: u32, height: u32) -> DynamicImage {
        let radius = width.min(height) / 2;
        let is_in = |x: u32, y: u32| {
            x.abs_diff(width / 2).pow(2) + y.abs_diff(height / 2).pow(2) < radius.saturating_sub(1).pow(2)
        };
        let color = |x, y| if is_in(x, y) { Rgba([200, 10, 20, 255]) } else { Rgba([0; 4]) };
        DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, color))
    }

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn made_of(sent: &[u8]) -> RgbaImage {
        image::load_from_memory_with_format(&logo(sent).unwrap(), ImageFormat::Png).unwrap().into_rgba8()
    }

    #[test]
    fn a_logo_is_small_keeps_its_shape_and_what_is_clear() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let logo = made_of(&written(&disc(600, 300), format));
            assert_eq!(logo.dimensions(), (128, 64));
            assert_eq!((logo.get_pixel(0, 0)[3], logo.get_pixel(64, 32).0), (0, [200, 10, 20, 255]));
            // On the seam nothing is darker than the disc itself.
            let seam = logo.pixels().filter(|pixel| (32..224).contains(&pixel[3])).collect::<Vec<_>>();
            assert!(!seam.is_empty() && seam.iter().all(|pixel| pixel[0] > 180), "{seam:?}");
        }
        let photo = DynamicImage::ImageRgb8(disc(300, 400).into_rgb8());
        assert_eq!(made_of(&written(&photo, ImageFormat::Jpeg)).dimensions(), (96, 128));
        assert_eq!(
            made_of(&written(&disc(20, 10), ImageFormat::Png)).dimensions(),
            (20, 10),
            "none is blown up"
        );
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        let large = written(&DynamicImage::new_luma8(2049, 10), ImageFormat::Png);
        assert_eq!(
            logo(&large).unwrap_err(),
            "The picture has 2049 × 10 pixels; at most 2048 × 2048 are taken."
        );
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;
        let whole = written(&disc(50, 50), ImageFormat::Png);
        for wrong in [&b""[..], b"GIF89a", svg, &whole[..whole.len() / 2]] {
            assert_eq!(logo(wrong).unwrap_err(), NO_PICTURE);
        }
        // A picture that says it is larger than any memory.
        let mut vast = whole.clone();
        vast[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(logo(&vast).is_err());
    }

    #[test]
    fn nothing_of_what_was_sent_is_kept_but_its_colours() {
        let mut sent = written(&disc(50, 50), ImageFormat::Png);
        sent.extend_from_slice(b"<script>alert(1)</script>");
        assert!(!logo(&sent).unwrap().windows(6).any(|part| part == b"script"));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..400, by in any::<u8>()) {
            let _ = logo(&bytes);
            let mut bent = written(&disc(24, 24), ImageFormat::Png);
            let len = bent.len();
            bent[at % len] ^= by;
            if let Ok(png) = logo(&bent) {
                let logo = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
                prop_assert!(logo.width().max(logo.height()) <= SIDE);
            }
        }
    }
}
