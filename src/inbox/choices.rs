//! The few words that a form offers to choose from.

/// Declares an enumeration of choices: the word that forms and the database use, and the words that people read.
macro_rules! choices {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $word:literal $label:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name {
            $(#[doc = $label] $variant),+
        }

        impl $name {
            /// All of them, in the order in which forms offer them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that forms send.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The words that people read.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The choice that this word stands for, if it is exactly one of them.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(super) use choices;
