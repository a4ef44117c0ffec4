//! Enumerations of a few words, which are words in text, forms and JSON, and small numbers in the database.

/// Writes the conversions of an enumeration between its values and words; with a number to each word, also those to
/// what the database keeps and to JSON. Those of an enumeration of one room begin with `pub(super)`. Queries take and give
/// the values themselves where the enumeration derives `AsExpression` and `FromSqlRow` of `SmallInt`.
#[macro_export]
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $crate::words!(@ pub, $name { $($variant = $word),+ });
    };
    (pub(super) $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $crate::words!(@ pub(super), $name { $($variant = $word),+ });
    };
    (@ $vis:vis, $name:ident { $($variant:ident = $word:literal),+ }) => {
        impl $name {
            /// Every value, in the order in which they are declared.
            $vis const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that files and forms use.
            $vis fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value that this word stands for, if it is exactly one of them.
            $vis fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
    ($name:ident { $($variant:ident = $number:literal $word:literal),+ $(,)? }) => {
        $crate::words!($name { $($variant = $word),+ });

        impl $name {
            /// The number that the database keeps.
            pub const fn to_i16(self) -> i16 {
                match self { $(Self::$variant => $number),+ }
            }

            /// The value that `to_i16` made this number from.
            pub fn from_i16(number: i16) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::SmallInt, DB> for $name
        where
            i16: diesel::serialize::ToSql<diesel::sql_types::SmallInt, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                match self { $(Self::$variant => <i16 as diesel::serialize::ToSql<_, DB>>::to_sql(&$number, out)),+ }
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::SmallInt, DB> for $name
        where
            i16: diesel::deserialize::FromSql<diesel::sql_types::SmallInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let number = <i16 as diesel::deserialize::FromSql<_, DB>>::from_sql(bytes)?;
                Self::from_i16(number).ok_or_else(|| format!("{number} has no meaning").into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_word(&word).ok_or_else(|| serde::de::Error::custom("an unknown word"))
            }
        }
    };
}
