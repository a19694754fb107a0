//! Enumerations that the database stores as text with a `CHECK`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::Visitor;

/// The text is not a value of the enumeration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}")]
pub struct UnknownVariant {
    /// The text.
    pub text: String,
    /// The name of the enumeration.
    pub kind: &'static str,
}

/// Deserializes a value from its spelling, borrowed or owned: `serde_json::Value` does not lend text.
pub(crate) struct Spelling<T>(pub(crate) PhantomData<T>);

impl<T: FromStr<Err = UnknownVariant>> Visitor<'_> for Spelling<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one of the spellings of this enumeration")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

/// Defines an enumeration whose values have one spelling, in the database and in the schema.
///
/// Built-in text columns resolve in every role view's search path, which PostgreSQL's own enum types do not.
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The spelling of this value.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownVariant;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownVariant { text: text.to_owned(), kind: stringify!($name) }),
                }
            }
        }

        // As text: cached values outlive this build, and the order of declaration may change.
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::text_enum::Spelling(std::marker::PhantomData))
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(self.as_str(), out)
            }
        }

        #[cfg(feature = "diesel")]
        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg>>::from_sql(bytes)?;
                Ok(text.parse()?)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::jobs::JobState;
    use crate::people::{Permission, Role};
    use crate::projects::{ClientRelationship, ProjectStage, ProjectStatus};

    /// Checks every value, read from borrowed JSON text, from escaped text that cannot be borrowed, and from a `Value`.
    fn is_read_back<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Copy>(all: &[T]) {
        for one in all {
            let value = serde_json::to_value(one).expect("the value is text");
            let text = value.to_string();
            let escaped = text.replacen(&text[1..2], &format!("\\u{:04x}", text.as_bytes()[1]), 1);
            assert!(serde_json::from_str::<T>(&text).expect(&text) == *one);
            assert!(serde_json::from_str::<T>(&escaped).expect(&escaped) == *one);
            assert!(serde_json::from_value::<T>(value).expect(&text) == *one);
        }
    }

    #[test]
    fn values_are_read_from_owned_text() {
        // ROB-31
        is_read_back(ProjectStatus::ALL);
        is_read_back(ProjectStage::ALL);
        is_read_back(ClientRelationship::ALL);
        is_read_back(Permission::ALL);
        is_read_back(Role::ALL);
        is_read_back(JobState::ALL);
        let unknown = serde_json::from_value::<Role>(serde_json::json!("NOBODY")).map_err(|error| error.to_string());
        assert_eq!(unknown, Err("`NOBODY` is not a Role".to_owned()));
        serde_json::from_value::<Role>(serde_json::json!(1)).expect_err("a number is no spelling");
    }
}
