//! Enumerations that the database stores as text with a `CHECK`.

/// The text is not a value of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {kind}")]
pub struct UnknownVariant {
    /// Text that was read.
    pub text: String,
    /// Name of the enumeration.
    pub kind: &'static str,
}

/// An enumeration whose values are spelled alike in the database, in JSON and in the schema.
///
/// Built-in text columns resolve in every role view's search path, which PostgreSQL's own enum types do not. Values are serialized by
/// name, since cached ones outlive a build and the order of declaration may not.
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(strum::Display, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
        #[derive(serde_with::SerializeDisplay, serde_with::DeserializeFromStr)]
        #[strum(parse_err_ty = $crate::UnknownVariant, parse_err_fn = $name::unknown)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
        pub enum $name { $($(#[$vmeta])* #[strum(serialize = $text)] $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            /// The spelling of this value.
            pub fn as_str(self) -> &'static str {
                self.into()
            }

            fn unknown(text: &str) -> $crate::UnknownVariant {
                $crate::UnknownVariant { text: text.to_owned(), kind: stringify!($name) }
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

/// Defines the kinds of records to which something belongs: each with its text, and the tag and table of its records.
macro_rules! record_kinds {
    (
        $(#[$meta:meta])* pub enum $name:ident;
        $($(#[$kind_meta:meta])* $kind:ident = $text:literal, $tag:ident in $table:literal;)+
    ) => {
        text_enum! {
            $(#[$meta])*
            pub enum $name {
                $($(#[$kind_meta])* $kind = $text,)+
            }
        }

        impl $name {
            /// The tag of the record's ids.
            pub const fn tag(self) -> $crate::id::Tag {
                match self { $(Self::$kind => $crate::id::Tag::$tag,)+ }
            }

            /// The table of the records.
            pub const fn table(self) -> &'static str {
                match self { $(Self::$kind => $table,)+ }
            }

            /// The kind of records with ids of this tag.
            pub fn of_tag(tag: $crate::id::Tag) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.tag() == tag)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::access::{Permission, Role};
    use crate::jobs::JobState;
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
    fn values_deserialize_from_owned_text() {
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
