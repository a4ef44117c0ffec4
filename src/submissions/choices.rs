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

        $crate::words!($name { $($variant = $word),+ });

        impl $name {
            /// The words that people read.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}
pub(super) use choices;
