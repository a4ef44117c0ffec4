//! The accent colour of a site, and whether its words can be read: the contrast of WCAG 2.2, at least 4.5 to 1 on every
//! ground that pages have.

use std::fmt;
use std::str::FromStr;

/// The least contrast of text (WCAG 2.2, 1.4.3, level AA).
const LEAST: f64 = 4.5;

/// A colour of sRGB, written `#234aa8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// In which light pages are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// A colour for each scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    light: Color,
    dark: Color,
}

impl Scheme {
    /// The colours that words stand on: paper and tint of `static/site.css`.
    fn grounds(self) -> [Color; 2] {
        match self {
            Self::Light => [Color([0xfa, 0xfb, 0xfb]), Color([0xee, 0xf3, 0xf2])],
            Self::Dark => [Color([0x12, 0x17, 0x18]), Color([0x1b, 0x22, 0x23])],
        }
    }

    /// The accent of a site that has chosen none.
    fn usual(self) -> Color {
        match self {
            Self::Light => Color([0x23, 0x4a, 0xa8]),
            Self::Dark => Color([0xa6, 0xbf, 0xff]),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Accent {
    /// What is made of the colours that a site has chosen; `None` where it has chosen neither.
    pub fn chosen(light: Option<Color>, dark: Option<Color>) -> Option<Self> {
        (light.is_some() || dark.is_some()).then(|| Self {
            light: light.unwrap_or(Scheme::Light.usual()),
            dark: dark.unwrap_or(Scheme::Dark.usual()),
        })
    }

    /// Under which name its style sheet is found.
    pub fn name(self) -> String {
        let plain = |color: Color| hex::encode(color.0);
        format!("{}-{}.css", plain(self.light), plain(self.dark))
    }

    /// The accent of this name. One in which words cannot be read has none.
    pub fn named(name: &str) -> Option<Self> {
        let (light, dark) = name.strip_suffix(".css")?.split_once('-')?;
        let color =
            |digits: &str, scheme| format!("#{digits}").parse::<Color>().ok()?.legible_on(scheme).ok();
        let accent = Self { light: color(light, Scheme::Light)?, dark: color(dark, Scheme::Dark)? };
        (accent.name() == name).then_some(accent)
    }

    /// Its style sheet: `static/site.css` asks for both.
    pub fn style(self) -> String {
        format!(":root{{--accent-light:{};--accent-dark:{}}}\n", self.light, self.dark)
    }
}

impl Color {
    /// The colour, if words in it can be read on the pages of a scheme; otherwise a sentence that says by how much not.
    pub fn legible_on(self, scheme: Scheme) -> Result<Self, String> {
        let ratio = scheme.grounds().map(|ground| self.contrast(ground)).into_iter().fold(f64::MAX, f64::min);
        if ratio >= LEAST {
            return Ok(self);
        }
        // Never rounded up to what would be enough.
        let (ratio, word) = ((ratio * 100.0).floor() / 100.0, scheme.word());
        Err(format!(
            "{self} has a contrast of {ratio:.2}:1 on the {word} page. At least {LEAST}:1 is needed."
        ))
    }

    /// From 1, where both are the same, to 21, of black and white.
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl FromStr for Color {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = [0; 3];
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        digits
            .and_then(|digits| hex::decode_to_slice(digits, &mut parts).ok())
            .map(|()| Self(parts))
            .ok_or("Enter a colour as # and six hexadecimal digits, for example #234aa8.")
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", hex::encode(self.0))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STYLE: &str = include_str!("../../static/site.css");

    #[test]
    fn the_colours_here_are_those_of_the_style_sheet() {
        for scheme in [Scheme::Light, Scheme::Dark] {
            let [paper, tint] = scheme.grounds();
            assert!(STYLE.contains(&format!("--paper: {paper}; --tint: {tint};")), "{scheme:?}");
            let usual = format!("--accent: var(--accent-{}, {});", scheme.word(), scheme.usual());
            assert!(STYLE.contains(&usual), "{usual}");
            assert_eq!(scheme.usual().legible_on(scheme), Ok(scheme.usual()));
        }
    }

    #[test]
    fn contrast_is_measured_as_wcag_does() {
        let color = |text: &str| text.parse::<Color>().unwrap();
        // The figures of WebAIM's contrast checker.
        for (one, other, ratio) in
            [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59)]
        {
            let measured = color(one).contrast(color(other));
            assert!((measured - ratio).abs() < 0.005, "{one} on {other}: {measured}");
        }
        let told = color("#8A8A8A").legible_on(Scheme::Light).unwrap_err();
        assert_eq!(told, "#8a8a8a has a contrast of 3.08:1 on the light page. At least 4.5:1 is needed.");
        assert!(color("#234aa8").legible_on(Scheme::Dark).is_err());
        for wrong in ["", "234aa8", "#234aa", "#234aa88", "#23x4a8", "blue", "#ééé"] {
            assert!(wrong.parse::<Color>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_accent_is_found_by_its_name_and_only_by_that() {
        let accent = Accent::chosen("#8a1c6b".parse().ok(), None).unwrap();
        assert_eq!(accent.name(), "8a1c6b-a6bfff.css");
        assert_eq!(Accent::named("8a1c6b-a6bfff.css"), Some(accent));
        assert_eq!(accent.style(), ":root{--accent-light:#8a1c6b;--accent-dark:#a6bfff}\n");
        for other in ["8A1C6B-a6bfff.css", "8a1c6b-a6bfff", "a6bfff-8a1c6b.css", "-.css", "8a1c6b.css"] {
            assert_eq!(Accent::named(other), None, "{other}");
        }
        assert_eq!(Accent::chosen(None, None), None);
    }

    proptest! {
        #[test]
        fn what_is_taken_can_be_read_and_what_is_refused_cannot(parts in any::<[u8; 3]>()) {
            let color = Color(parts);
            prop_assert_eq!(color.to_string().parse(), Ok(color));
            for scheme in [Scheme::Light, Scheme::Dark] {
                let [paper, tint] = scheme.grounds().map(|ground| color.contrast(ground));
                prop_assert!((1.0..=21.0).contains(&paper) && (1.0..=21.0).contains(&tint));
                prop_assert_eq!(color.legible_on(scheme).is_ok(), paper >= LEAST && tint >= LEAST);
            }
        }

        #[test]
        fn contrast_is_the_same_both_ways(a in any::<[u8; 3]>(), b in any::<[u8; 3]>()) {
            let (there, back) = (Color(a).contrast(Color(b)), Color(b).contrast(Color(a)));
            prop_assert!((there - back).abs() < 1e-12);
            prop_assert!((Color(a).contrast(Color(a)) - 1.0).abs() < 1e-12);
        }

        #[test]
        fn whatever_is_darker_than_what_can_be_read_in_light_can_be_too(parts in any::<[u8; 3]>(), by in any::<u8>()) {
            let [color, darker] = [Color(parts), Color(parts.map(|part| part.saturating_sub(by)))];
            prop_assert!(color.legible_on(Scheme::Light).is_err() || darker.legible_on(Scheme::Light).is_ok());
        }
    }
}
