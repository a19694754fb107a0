//! Telephone numbers: parsed as people write them, stored as E.164.

use phonenumber::Mode;
use unicode_normalization::UnicodeNormalization;

use crate::country::Country;
use crate::text;

/// Maximum length of the input, in characters.
const MAX: usize = 60;

/// A telephone number, E.164: `+13035550123`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Not a valid number.
    #[error("must be a telephone number, such as +13035550123")]
    Unknown,
    /// Without a country code.
    #[error("must begin with + and the country code, such as +13035550123")]
    NoCountry,
    /// With an extension, which E.164 does not have.
    #[error("must not have an extension: give the number only")]
    Extension,
}

impl Phone {
    /// Parses a number. One without `+` is a number of this country.
    ///
    /// # Errors
    ///
    /// [`PhoneError`] has the reason.
    pub fn parse(text: &str, country: Option<Country>) -> Result<Self, PhoneError> {
        let text = text::trim(text);
        if text.chars().count() > MAX {
            return Err(PhoneError::Unknown);
        }
        let text = plain(text);
        if !text.bytes().any(|byte| byte.is_ascii_digit()) || text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(PhoneError::Unknown);
        }
        // With a country, its own prefix would be removed from numbers of other countries.
        let country = match (text.trim_start_matches(['(', ' ']).starts_with('+') || text.starts_with("tel:+"), country)
        {
            (true, _) => None,
            (false, None) => return Err(PhoneError::NoCountry),
            (false, Some(country)) => Some(country.code().parse().map_err(|_| PhoneError::NoCountry)?),
        };
        let number = phonenumber::parse(country, &text).map_err(|_| PhoneError::Unknown)?;
        if !phonenumber::is_valid(&number) {
            return Err(PhoneError::Unknown);
        }
        if number.extension().is_some() {
            return Err(PhoneError::Extension);
        }
        let written = number.format().mode(Mode::E164).to_string();
        if is_e164(&written) { Ok(Self(written)) } else { Err(PhoneError::Unknown) }
    }

    /// The number, E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Replaces full-width digits and those of other scripts, and removes the marks of direction that copied numbers contain.
pub(crate) fn plain(text: &str) -> String {
    text.nfkc().filter(|letter| !is_mark(*letter)).map(as_ascii_digit).collect()
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}')
}

/// Converts Arabic, Persian and Devanagari digits.
fn as_ascii_digit(letter: char) -> char {
    let zero = match letter {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        _ => return letter,
    };
    char::from_digit(u32::from(letter) - zero, 10).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, country: &str) -> Result<String, PhoneError> {
        Phone::parse(text, country.parse().ok()).map(|phone| phone.0)
    }

    #[test]
    fn common_notations_are_parsed() {
        // ROB-11; also Italy's leading zero, trunk prefixes, other scripts' digits, a long number.
        for (text, country, number) in [
            ("+1 (303) 555-0123", "", "+13035550123"),
            ("(360) 555-0199", "US", "+13605550199"),
            ("360.555.0199", "CA", "+13605550199"),
            ("1-360-555-0199", "US", "+13605550199"),
            ("+44 (0)20 7946 0958", "", "+442079460958"),
            ("+44 (0)20 7946 0958", "US", "+442079460958"),
            ("020 7946 0958", "GB", "+442079460958"),
            ("+39 06 698 12345", "US", "+390669812345"),
            ("+64 21 123 4567", "US", "+64211234567"),
            ("021 123 4567", "NZ", "+64211234567"),
            ("0412 345 678", "AU", "+61412345678"),
            ("+49 30 123456", "US", "+4930123456"),
            ("\u{202a}+1 303 555 0123\u{202c}", "", "+13035550123"),
            ("＋１３０３５５５０１２３", "", "+13035550123"),
            ("+٩٧١٥٠١٢٣٤٥٦٧", "", "+971501234567"),
            ("(+1) 303 555 0123", "NZ", "+13035550123"),
        ] {
            assert_eq!(read(text, country).as_deref(), Ok(number), "{text} {country}");
        }
    }

    #[test]
    fn undialable_numbers_are_refused() {
        for wrong in
            ["", "+", "+12", "+0123", "+1303x", "++1303", "+1303555012345678", "+999123456789", "call me", "\0"]
        {
            assert_eq!(read(wrong, "US"), Err(PhoneError::Unknown), "{wrong}");
        }
        for national in ["(360) 555-0199", "020 7946 0958"] {
            assert_eq!(read(national, ""), Err(PhoneError::NoCountry), "{national}");
        }
        for extended in ["+1 303 555 0123 ext. 9", "303-555-0123 x44"] {
            assert_eq!(read(extended, "US"), Err(PhoneError::Extension), "{extended}");
        }
    }

    #[test]
    fn stored_number_round_trips() {
        // ROB-11: stored numbers parse back unchanged, whatever the country.
        let countries = ["US", "GB", "NZ", "AU", "CA", "IT", "DE", "RU", "BR", "JP"];
        let codes = ["1", "44", "64", "61", "39", "49", "7", "55", "81", "33", "353", "420", "972", "358", "52", "54"];
        let mut random = fastrand::Rng::with_seed(11);
        let mut taken = 0;
        for _ in 0..500 {
            let length = random.usize(6..11);
            let digits: String = (0..length).map(|_| char::from(b'0' + random.u8(0..10))).collect();
            let text = format!("+{}{digits}", codes[random.usize(..codes.len())]);
            let Ok(kept) = read(&text, "") else { continue };
            taken += 1;
            for country in countries.iter().chain(&[""]) {
                assert_eq!(read(&kept, country).as_deref(), Ok(&*kept), "{text} {country}");
            }
            let spaced = kept.chars().map(|digit| format!("{digit}\u{a0}")).collect::<String>();
            assert_eq!(read(&spaced, "US").as_deref(), Ok(&*kept), "{spaced}");
        }
        assert!(taken > 50, "{taken}");
    }
}
