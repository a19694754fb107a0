//! Fields of query strings and HTML forms (`application/x-www-form-urlencoded`), and of JSON objects.

use std::borrow::Cow;
use std::fmt::{self, Formatter};

use percent_encoding::percent_decode_str;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// Fields in the order in which they were sent.
pub(super) struct Fields<T = String>(Vec<(String, T)>);

/// Reasons why fields cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadFields {
    /// The text is not UTF-8. A decoder that inserts U+FFFD would accept a value that the caller has not sent.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// A name has several values, so the intended one is unknown.
    #[error("`{0}` is given more than once")]
    Twice(&'static str),
}

impl Fields {
    /// Parses the bytes of a query string or of a form's body.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BadFields> {
        let text = str::from_utf8(bytes).map_err(|_| BadFields::NotUtf8)?;
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }
}

impl<T: Default> Fields<T> {
    /// Takes the value of a name. An error if there are several.
    pub(super) fn take(&mut self, name: &'static str) -> Result<Option<T>, BadFields> {
        let mut values = self.0.iter_mut().filter(|(known, _)| known == name);
        let first = values.next().map(|(_, value)| std::mem::take(value));
        if values.next().is_some() { Err(BadFields::Twice(name)) } else { Ok(first) }
    }
}

/// Reads the members of a JSON object. A map would keep the last of several values with the same name.
impl<'de> Deserialize<'de> for Fields<Value> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Fields<Value>;

    fn expecting(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let members = std::iter::from_fn(|| map.next_entry().transpose());
        members.collect::<Result<_, _>>().map(Fields)
    }
}

fn decoded(text: &str) -> Result<String, BadFields> {
    let text = if text.contains('+') { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    percent_decode_str(&text).decode_utf8().map(Cow::into_owned).map_err(|_| BadFields::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_form_fields_are_parsed() {
        let mut fields = Fields::read(b"a=1+2%2B&b=%C3%A9&&c&d==&e=%zz").expect("it can be read");
        for (name, value) in
            [("a", Some("1 2+")), ("b", Some("é")), ("c", Some("")), ("d", Some("=")), ("e", Some("%zz")), ("f", None)]
        {
            assert_eq!(fields.take(name), Ok(value.map(str::to_owned)), "{name}");
        }
    }

    #[test]
    fn invalid_bytes_are_not_replaced() {
        // ROB-14: none of these is UTF-8, in a name, a value, plain or escaped, cut off or overlong.
        for wrong in [&b"a=%FF"[..], b"%ff=a", b"a=\xff", b"a=%C3", b"a=%C0%AF", b"a=%ED%A0%80", b"x=1&y=%E2%82"] {
            assert_eq!(Fields::read(wrong).map(|_| ()), Err(BadFields::NotUtf8), "{wrong:?}");
        }
    }

    #[test]
    fn duplicate_field_is_refused() {
        let mut fields = Fields::read(b"a=1&a=2&b=3").expect("it can be read");
        assert_eq!(fields.take("a"), Err(BadFields::Twice("a")));
        assert_eq!(fields.take("b"), Ok(Some("3".to_owned())));
    }

    #[test]
    fn duplicate_member_is_refused() {
        let mut fields: Fields<Value> = serde_json::from_str(r#"{"a": 1, "b": "x", "a": null}"#).expect("an object");
        assert_eq!(fields.take("a"), Err(BadFields::Twice("a")));
        assert_eq!(fields.take("b"), Ok(Some(Value::from("x"))));
        for other in ["[[\"a\", 1]]", "[]", "null", "\"a\"", "{", "{} {}"] {
            assert!(serde_json::from_str::<Fields<Value>>(other).is_err(), "{other}");
        }
    }
}
