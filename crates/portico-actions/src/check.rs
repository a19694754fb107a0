//! What values have to be, wherever they come in.

use std::str::FromStr;

use portico_core::money::Currency;
use portico_core::people::Email;
use portico_core::refusal::RefusalCode;

use crate::Refusal;

/// The longest name, in characters.
pub(crate) const NAME: usize = 200;

/// Text without blanks around it, which is there, not too long, and has no marks that cannot be seen.
pub(crate) fn text(member: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::blank(member));
    }
    if text.chars().count() > max {
        return Err(Refusal::of(RefusalCode::TooLong, member, format!("must not have more than {max} characters")));
    }
    // Line ends are for bodies; see `body`.
    if text.chars().any(char::is_control) {
        return Err(Refusal::of(RefusalCode::Invalid, member, "must be one line of plain text"));
    }
    Ok(text.to_owned())
}

/// The same with lines.
pub(crate) fn body(member: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim().replace("\r\n", "\n");
    if text.is_empty() {
        return Err(Refusal::blank(member));
    }
    if text.chars().count() > max {
        return Err(Refusal::of(RefusalCode::TooLong, member, format!("must not have more than {max} characters")));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t') {
        return Err(Refusal::of(RefusalCode::Invalid, member, "must be plain text"));
    }
    Ok(text)
}

/// An email address; what is blank is told from what is wrong (ACC-1).
pub(crate) fn email(member: &str, text: &str) -> Result<Email, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::blank(member));
    }
    Email::from_str(text).map_err(|error| Refusal::of(RefusalCode::Invalid, member, error.to_string()))
}

/// A telephone number, E.164. Blanks, dots, hyphens and brackets between the digits are taken out.
pub(crate) fn phone(member: &str, text: &str) -> Result<String, Refusal> {
    let number: String =
        text.chars().filter(|letter| !matches!(letter, ' ' | '-' | '.' | '(' | ')' | '\u{a0}')).collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let is_one = (2..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    if !is_one {
        let message = "not a telephone number; numbers are like +13035550123";
        return Err(Refusal::of(RefusalCode::Invalid, member, message));
    }
    Ok(number)
}

/// An address on the web that browsers may be sent to.
pub(crate) fn url(member: &str, text: &str) -> Result<String, Refusal> {
    let wrong = || {
        Refusal::of(
            RefusalCode::Invalid,
            member,
            "not an address on the web; addresses are like https://example.com/guide",
        )
    };
    let text = self::text(member, text, 2_000)?;
    let parsed = url::Url::parse(&text).map_err(|_| wrong())?;
    let is_one = matches!(parsed.scheme(), "https" | "http")
        && parsed.host_str().is_some()
        && parsed.username().is_empty()
        && parsed.password().is_none();
    if is_one { Ok(parsed.into()) } else { Err(wrong()) }
}

/// The same, where what is behind it is put into a page of ours: over an open line it could be anybody's.
pub(crate) fn https_url(member: &str, text: &str) -> Result<String, Refusal> {
    let address = url(member, text)?;
    if address.starts_with("https://") {
        return Ok(address);
    }
    Err(Refusal::of(RefusalCode::Invalid, member, "must begin with https://"))
}

/// A web origin, as browsers write it: a scheme and a host, and a port where it is not the usual one.
pub(crate) fn web_origin(member: &str, text: &str) -> Result<String, Refusal> {
    let wrong =
        || Refusal::of(RefusalCode::Invalid, member, "not a web origin; origins are like https://www.example.com");
    let url = url::Url::parse(&url(member, text).map_err(|_| wrong())?).map_err(|_| wrong())?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_bare { Ok(url.origin().ascii_serialization()) } else { Err(wrong()) }
}

/// A color, `#rrggbb`; in small letters from here on.
pub(crate) fn color(member: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim().to_ascii_lowercase();
    let is_one = text
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if is_one {
        Ok(text)
    } else {
        Err(Refusal::of(RefusalCode::Invalid, member, "not a color; colors are like #2f5d50"))
    }
}

/// The name of a time zone.
pub(crate) fn time_zone(member: &str, text: &str) -> Result<String, Refusal> {
    chrono_tz::Tz::from_str(text.trim())
        .map(|zone| zone.name().to_owned())
        .map_err(|_| Refusal::of(RefusalCode::Invalid, member, "not a time zone; zones are like Pacific/Auckland"))
}

/// The code of a country, ISO 3166-1, two letters.
pub(crate) fn country(member: &str, text: &str) -> Result<String, Refusal> {
    let code = text.trim();
    if code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Ok(code.to_owned());
    }
    Err(Refusal::of(RefusalCode::Invalid, member, "not the code of a country; codes are like NZ"))
}

/// The code of a currency that companies may use, ISO 4217.
pub(crate) fn currency(member: &str, text: &str) -> Result<Currency, Refusal> {
    text.trim().parse().map_err(|_| {
        let known: Vec<_> = Currency::ALL.iter().map(|currency| currency.as_str()).collect();
        Refusal::of(RefusalCode::Invalid, member, format!("not one of {}", known.join(", ")))
    })
}

/// A language tag.
pub(crate) fn locale(member: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let is_one = (2..=35).contains(&text.len())
        && text.split('-').enumerate().all(|(place, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|letter| letter.is_ascii_alphanumeric())
                && (place > 0 || (part.len() >= 2 && part.bytes().all(|letter| letter.is_ascii_alphabetic())))
        });
    if is_one {
        Ok(text.to_owned())
    } else {
        Err(Refusal::of(RefusalCode::Invalid, member, "not a language; languages are like en-NZ"))
    }
}

/// Several checks at once: every fault is told, not the first alone.
pub(crate) fn all<T>(checks: impl IntoIterator<Item = Result<T, Refusal>>) -> Result<Vec<T>, crate::ActionError> {
    let (mut fine, mut refused) = (Vec::new(), Vec::new());
    for check in checks {
        match check {
            Ok(value) => fine.push(value),
            Err(refusal) => refused.push(refusal),
        }
    }
    if refused.is_empty() { Ok(fine) } else { Err(crate::ActionError::Refused(refused)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_what_is_none() {
        assert_eq!(phone("phone", "+1 (303) 555-0123").as_deref(), Ok("+13035550123"));
        for wrong in ["", "303 555 0123", "+0123", "+1303555012345678", "+1303x", "++1303"] {
            assert!(phone("phone", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_on_the_web_are_told_from_what_would_run_or_hide() {
        assert!(url("url", "https://example.com/a?b=c").is_ok());
        for wrong in
            ["", "example.com", "javascript:alert(1)", "data:text/html,x", "https://", "https://me:pw@example.com"]
        {
            assert!(url("url", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_put_into_pages_comes_over_a_closed_line() {
        assert!(https_url("url", " HTTPS://example.com/logo.svg ").is_ok_and(|url| url.starts_with("https://")));
        for wrong in ["http://example.com", "javascript:alert(1)", "//example.com", "https:/", "https://me@example.com"]
        {
            assert!(https_url("url", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn web_origins_are_written_as_browsers_write_them() {
        for (text, origin) in [
            (" https://WWW.Example.com/ ", "https://www.example.com"),
            ("https://example.com:443", "https://example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(web_origin("origins", text).as_deref(), Ok(origin));
        }
        for wrong in
            ["", "*", "null", "example.com", "https://example.com/form", "https://example.com?a", "ftp://example.com"]
        {
            assert!(web_origin("origins", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn colors_are_six_digits_in_small_letters() {
        assert_eq!(color("color", " #2F5d50 ").as_deref(), Ok("#2f5d50"));
        for wrong in ["", "2f5d50", "#2f5d5", "#2f5d500", "#2f5d5g", "red", "##2f5d50", "#2f5d5é"] {
            assert!(color("color", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn languages_and_zones_are_those_that_there_are() {
        assert!(locale("locale", "en-NZ").is_ok() && locale("locale", "de").is_ok());
        for wrong in ["", "e", "en_NZ", "english language", "1x", "en-"] {
            assert!(locale("locale", wrong).is_err(), "{wrong}");
        }
        assert_eq!(time_zone("timeZone", " Pacific/Auckland ").as_deref(), Ok("Pacific/Auckland"));
        assert!(time_zone("timeZone", "Mars/Olympus").is_err());
    }

    #[test]
    fn a_line_of_text_is_trimmed_and_one_line() {
        assert_eq!(text("name", "  Ana ", 3).as_deref(), Ok("Ana"));
        let code = |text: &str| super::text("name", text, 3).map_err(|refusal| refusal.code);
        assert_eq!(code(" "), Err(RefusalCode::Blank));
        assert_eq!(code("Anna"), Err(RefusalCode::TooLong));
        assert_eq!(code("A\nn"), Err(RefusalCode::Invalid));
        assert!(body("body", "one\r\ntwo", 9).is_ok_and(|body| body == "one\ntwo"));
    }
}
