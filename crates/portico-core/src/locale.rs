//! Languages of people, as BCP 47 tags.

use std::str::FromStr;

use icu_locale::{LanguageIdentifier, Locale, LocaleCanonicalizer, LocaleExpander, TransformResult};

use crate::country::Country;

/// Maximum length of a tag, in bytes.
const MAX_BYTES: usize = 35;

/// A language tag in canonical form, such as `en-NZ` or `zh-Hant-TW`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocaleTag(String);

/// The text is not a tag of a known language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known BCP 47 language tag; tags are like en-NZ")]
pub struct NotALocale;

impl LocaleTag {
    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocaleTag {
    type Err = NotALocale;

    fn from_str(text: &str) -> Result<Self, NotALocale> {
        let text = crate::text::trim(text);
        // `en_NZ` is another notation, with other rules.
        if text.len() > MAX_BYTES || text.contains('_') {
            return Err(NotALocale);
        }
        let mut locale = Locale::try_from_str(text).map_err(|_| NotALocale)?;
        LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
        let is_known_region = locale.id.region.is_none_or(|region| {
            let region = region.as_str();
            region.parse::<Country>().is_ok() || REGIONS.contains(&region)
        });
        let canonical = locale.to_string();
        if is_known(locale.id.language) && is_known_region && canonical.len() <= MAX_BYTES {
            Ok(Self(canonical))
        } else {
            Err(NotALocale)
        }
    }
}

/// UN M.49 areas that a language tag may name: the world, Latin America, Europe, Africa and North America.
const REGIONS: [&str; 5] = ["001", "419", "150", "002", "003"];

/// Whether Unicode knows where the language is spoken.
fn is_known(language: icu_locale::subtags::Language) -> bool {
    let mut spoken = LanguageIdentifier { language, ..LanguageIdentifier::UNKNOWN };
    !language.is_unknown() && (LocaleExpander::new_extended().maximize(&mut spoken) == TransformResult::Modified)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_languages_are_refused() {
        // ROB-13
        for (text, canonical) in [
            ("en", "en"),
            ("EN-nz", "en-NZ"),
            ("de", "de"),
            ("iw", "he"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("en-UK", "en-GB"),
            ("mi", "mi"),
            ("gsw-CH", "gsw-CH"),
            ("haw", "haw"),
            ("sr-latn-rs", "sr-Latn-RS"),
        ] {
            assert_eq!(text.parse::<LocaleTag>().as_ref().map(LocaleTag::as_str), Ok(canonical), "{text}");
        }
        for wrong in ["", "e", "en_NZ", "english language", "1x", "en-", "xx", "qqq", "und", "en-XX", "english", "x-a"]
        {
            assert_eq!(wrong.parse::<LocaleTag>(), Err(NotALocale), "{wrong}");
        }
    }
}
