//! Validates values where they enter, for every action alike.

use std::str::FromStr;

use portico_core::contacts::{ContactKind, Email, Phone};
use portico_core::country::Country;
use portico_core::locale::LocaleTag;
use portico_core::money::Currency;
use portico_core::network::is_dns_name;
use portico_core::refusal::RefusalCode;
use portico_core::text::{self, TextError};
use rust_decimal::Decimal;

use crate::Refusal;

/// Maximum length of a name, in characters.
pub(crate) const NAME: usize = 200;
/// Maximum length of an idempotency key, in bytes.
const KEY: usize = 200;

/// One line of text: a name, a title, a label.
pub(crate) fn text(member: &str, text: &str, max: usize) -> Result<String, Refusal> {
    text::line(text, max).map_err(|error| refusal(member, error))
}

/// A decimal number: digits and one point, without exponents, and without separators that could be read as a point.
pub(crate) fn decimal(member: &str, text: &str, example: &str) -> Result<Decimal, Refusal> {
    let wrong = || invalid(member, format!("must be a decimal number, such as {example}"));
    let text = text.trim();
    let is_one = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) && text.len() <= 24;
    if is_one { Decimal::from_str_exact(text).map_err(|_| wrong()) } else { Err(wrong()) }
}

/// A name of a person, company or project. Mails carry names to people who do not know the sender, so a name holds no address to
/// follow.
pub(crate) fn name(member: &str, text: &str) -> Result<String, Refusal> {
    let name = self::text(member, text, NAME)?;
    if let Some(sign) = name.chars().find(|letter| matches!(letter, '<' | '>')) {
        return Err(invalid(member, format!("must be a name, which cannot contain `{sign}`: remove it")));
    }
    match name.split_whitespace().find(|word| is_address(word)) {
        Some(word) => {
            Err(invalid(member, format!("must be a name, and `{word}` reads as a web or email address: remove it")))
        }
        None => Ok(name),
    }
}

/// Name of a person, which contains no bare domain either.
///
/// Mail programs turn `evil.com` into a link, also if its dot is another character. Refused rather than altered in
/// mails, since an invisible character in a name would spread by copying, and hardly any person has such a name.
/// Companies and projects may: `Booking.com Builders`.
pub(crate) fn person_name(member: &str, text: &str) -> Result<String, Refusal> {
    let name = self::name(member, text)?;
    match name.split_whitespace().find(|word| contains_domain(word)) {
        Some(word) => {
            let message =
                format!("must be a name, and `{word}` reads as a web address: remove it, or put a space after the dot");
            Err(invalid(member, message))
        }
        None => Ok(name),
    }
}

/// Name of a contact. Trade partners are companies as often as people.
pub(crate) fn contact_name(kind: ContactKind, member: &str, text: &str) -> Result<String, Refusal> {
    if kind == ContactKind::Trade { name(member, text) } else { person_name(member, text) }
}

/// Top-level domains that mail programs recognize without a scheme, besides country codes.
const DOMAINS: [&str; 42] = [
    "agency",
    "app",
    "biz",
    "blog",
    "click",
    "cloud",
    "club",
    "com",
    "dev",
    "edu",
    "eu",
    "example",
    "gov",
    "info",
    "link",
    "live",
    "ltd",
    "mil",
    "mobi",
    "name",
    "net",
    "online",
    "org",
    "page",
    "pro",
    "shop",
    "site",
    "space",
    "store",
    "tech",
    "top",
    "uk",
    "website",
    "xyz",
    "рф",
    "сайт",
    "онлайн",
    "中国",
    "中國",
    "网址",
    "香港",
    "한국",
];
/// Titles before a dot in names, where the surname after it could be a country code: `Dr.Li`.
const TITLES: [&str; 12] = ["dr", "fr", "jr", "mme", "mr", "mrs", "ms", "mx", "prof", "rev", "sr", "st"];
/// Legal form whose second part is a country code: `Co.KG`.
const LEGAL_FORM: (&str, &str) = ("co", "kg");

/// Whether a word has the form `label.tld`, in any spelling of its letters and its dot.
///
/// `Dr.Smith` and `J.R.Smith` do not: they end in no top-level domain.
fn contains_domain(word: &str) -> bool {
    // Full stops of other scripts that mail programs and browsers treat as a dot.
    let word = text::folded(word).replace(['\u{3002}', '\u{a4f8}', '\u{701}', '\u{702}'], ".");
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '.');
    let is_domain = |label: &str, last: &str| {
        let is_country = last.len() == 2 && Country::from_str(last).is_ok();
        let is_name = (is_country && TITLES.contains(&label)) || (label, last) == LEGAL_FORM;
        label.chars().count() > 1 && !is_name && (is_country || DOMAINS.contains(&last) || last.starts_with("xn--"))
    };
    word.split(|letter| !is_part(letter)).any(|part| {
        let labels = || part.split('.');
        labels().zip(labels().skip(1)).any(|(label, last)| is_domain(label, last))
    })
}

fn is_address(word: &str) -> bool {
    let word = word.to_lowercase();
    let is_mailbox = word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    is_mailbox || word.contains("://") || word.contains("www.")
}

/// Text of any number of lines: a note, a message.
pub(crate) fn body(member: &str, text: &str, max: usize) -> Result<String, Refusal> {
    text::body(text, max).map_err(|error| refusal(member, error))
}

fn refusal(member: &str, error: TextError) -> Refusal {
    match error {
        TextError::Blank => Refusal::blank(member),
        TextError::TooLong(_) => Refusal::of(RefusalCode::TooLong, member, error.to_string()),
        TextError::NotOneLine | TextError::Control | TextError::Direction(_) => invalid(member, error),
    }
}

fn invalid(member: &str, error: impl std::fmt::Display) -> Refusal {
    Refusal::of(RefusalCode::Invalid, member, error.to_string())
}

/// Idempotency key. It is compared byte by byte, so nothing is trimmed.
pub(crate) fn idempotency_key(key: &str) -> Result<(), Refusal> {
    const MEMBER: &str = "idempotencyKey";
    if key.len() > KEY && !text::is_blank(key) {
        let message = format!("must not have more than {KEY} bytes");
        return Err(Refusal::of(RefusalCode::TooLong, MEMBER, message));
    }
    self::text(MEMBER, key, KEY).map(drop)
}

/// Email address. A blank one has a code of its own (ACC-1).
pub(crate) fn email(member: &str, text: &str) -> Result<Email, Refusal> {
    if text::is_blank(text) {
        return Err(Refusal::blank(member));
    }
    Email::from_str(text).map_err(|error| invalid(member, error))
}

/// Telephone number in any common notation, returned as E.164. Without a country it must begin with `+`.
pub(crate) fn phone(member: &str, text: &str, country: Option<Country>) -> Result<String, Refusal> {
    if text::is_blank(text) {
        return Err(Refusal::blank(member));
    }
    Phone::parse(text, country).map(|phone| phone.as_str().to_owned()).map_err(|error| invalid(member, error))
}

/// URL for links. Its host is a DNS name or an IP address, since content security policies and mails contain it.
pub(crate) fn url(member: &str, text: &str) -> Result<String, Refusal> {
    let wrong = || Refusal::of(RefusalCode::Invalid, member, "must be a URL, such as https://example.com/guide");
    let text = self::text(member, text, 2_000)?;
    let parsed = url::Url::parse(&text).map_err(|_| wrong())?;
    let is_valid = matches!(parsed.scheme(), "https" | "http")
        && parsed.host().is_some_and(|host| is_host(&host))
        && parsed.username().is_empty()
        && parsed.password().is_none();
    if is_valid { Ok(parsed.into()) } else { Err(wrong()) }
}

fn is_host(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => is_dns_name(name),
        url::Host::Ipv4(_) | url::Host::Ipv6(_) => true,
    }
}

/// URL of content embedded in pages, which must be https: without TLS the content can be replaced.
pub(crate) fn https_url(member: &str, text: &str) -> Result<String, Refusal> {
    let address = url(member, text)?;
    if address.starts_with("https://") {
        return Ok(address);
    }
    Err(Refusal::of(RefusalCode::Invalid, member, "must begin with https://"))
}

/// Web origin in the notation of browsers: scheme, host, and a port unless it is the default.
pub(crate) fn web_origin(member: &str, text: &str) -> Result<String, Refusal> {
    let wrong = || Refusal::of(RefusalCode::Invalid, member, "must be a web origin, such as https://www.example.com");
    let url = url::Url::parse(&url(member, text).map_err(|_| wrong())?).map_err(|_| wrong())?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_bare { Ok(url.origin().ascii_serialization()) } else { Err(wrong()) }
}

/// Color `#rrggbb`, returned in lower case.
pub(crate) fn color(member: &str, text: &str) -> Result<String, Refusal> {
    let text = text::trim(text).to_ascii_lowercase();
    let is_one = text
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if is_one { Ok(text) } else { Err(Refusal::of(RefusalCode::Invalid, member, "must be a color, such as #2f5d50")) }
}

/// The name of a time zone, in the letter case of the IANA database.
pub(crate) fn time_zone(member: &str, text: &str) -> Result<String, Refusal> {
    let name = text::trim(text);
    chrono_tz::TZ_VARIANTS
        .iter()
        .find(|zone| zone.name().eq_ignore_ascii_case(name))
        .map(|zone| zone.name().to_owned())
        .ok_or_else(|| invalid(member, "must be an IANA time zone, such as Pacific/Auckland"))
}

/// The code of a country, ISO 3166-1, two letters.
pub(crate) fn country(member: &str, text: &str) -> Result<String, Refusal> {
    Country::from_str(text).map(|country| country.code().to_owned()).map_err(|error| invalid(member, error))
}

/// The code of a currency that companies may use, ISO 4217.
pub(crate) fn currency(member: &str, text: &str) -> Result<Currency, Refusal> {
    text::trim(text).to_ascii_uppercase().parse().map_err(|_| {
        let known: Vec<_> = Currency::ALL.iter().map(|currency| currency.as_str()).collect();
        invalid(member, format!("must be one of {}", known.join(", ")))
    })
}

/// A language tag, in its canonical form.
pub(crate) fn locale(member: &str, text: &str) -> Result<String, Refusal> {
    LocaleTag::from_str(text).map(|tag| tag.as_str().to_owned()).map_err(|error| invalid(member, error))
}

/// Collects the results of several checks, with all rejections.
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
    fn phone_numbers_use_the_company_country() {
        // ROB-11
        let country = "US".parse().ok();
        assert_eq!(phone("phone", "(360) 555-0199", country).as_deref(), Ok("+13605550199"));
        assert_eq!(phone("phone", "+44 (0)20 7946 0958", country).as_deref(), Ok("+442079460958"));
        let code = |text: &str| phone("phone", text, None).map_err(|refusal| refusal.code);
        assert_eq!(code("(360) 555-0199"), Err(RefusalCode::Invalid));
        assert_eq!(code("\u{200b}"), Err(RefusalCode::Blank));
    }

    #[test]
    fn a_key_is_one_visible_line() {
        // ROB-4
        let code = |key: &str| idempotency_key(key).map_err(|refusal| refusal.code);
        for blank in ["", "  ", "\u{200b}", "\u{2060}\t", &"\u{ad}".repeat(300)] {
            assert_eq!(code(blank), Err(RefusalCode::Blank), "{blank:?}");
        }
        for invalid in ["a\0", "a\nb", "a\u{202e}b", "a\u{2028}b"] {
            assert_eq!(code(invalid), Err(RefusalCode::Invalid), "{invalid:?}");
        }
        assert_eq!(code(&"k".repeat(201)), Err(RefusalCode::TooLong));
        assert_eq!(code(&"é".repeat(101)), Err(RefusalCode::TooLong));
        assert_eq!(code(&"k".repeat(200)), Ok(()));
    }

    #[test]
    fn only_web_urls_are_accepted() {
        assert!(url("url", "https://example.com/a?b=c").is_ok());
        for wrong in
            ["", "example.com", "javascript:alert(1)", "data:text/html,x", "https://", "https://me:pw@example.com"]
        {
            assert!(url("url", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hosts_are_dns_names_or_addresses() {
        let long = format!("{}.example", "a".repeat(64));
        for wrong in [
            "*",
            "*.example",
            "a.*.example",
            "a'.example",
            "a\"b.example",
            "a,b.example",
            "a;b.example",
            "a b.example",
            "a!b.example",
            "a$b.example",
            "a(b).example",
            "a&b.example",
            "a=b.example",
            "a+b.example",
            "a~b.example",
            "a`b.example",
            "a{b}.example",
            "a_b.example",
            "%2a.example",
            "%27.example",
            "%3b.example",
            "-a.example",
            "a-.example",
            "a..example",
            ".example",
            "a.example.",
            "\u{ff0a}.example",
            "\u{fe61}.example",
            "a\u{ff1b}b.example",
            long.as_str(),
        ] {
            for read in [url, https_url, web_origin] {
                assert!(read("url", &format!("https://{wrong}")).is_err(), "{wrong}");
            }
            assert!(url("url", &format!("https://{wrong}/x.svg?a#b")).is_err(), "{wrong}");
            assert!(url("url", &format!("https://{wrong}:8443/x")).is_err(), "{wrong}");
        }
        for fine in [
            "a-b.example",
            "localhost",
            "xn--bcher-kva.example",
            "BÜCHER.example",
            "192.0.2.7",
            "[2001:db8::1]",
            "1a.example",
        ] {
            for read in [url, https_url, web_origin] {
                assert!(read("url", &format!("https://{fine}")).is_ok(), "{fine}");
            }
        }
    }

    #[test]
    fn embedded_urls_are_https() {
        assert!(https_url("url", " HTTPS://example.com/logo.svg ").is_ok_and(|url| url.starts_with("https://")));
        for wrong in ["http://example.com", "javascript:alert(1)", "//example.com", "https:/", "https://me@example.com"]
        {
            assert!(https_url("url", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn web_origins_are_normalized() {
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
    fn names_hold_no_address() {
        for good in ["Ana", "Studio @ Home", "J. R. Smith Jr.", "3.14 Builders", "O'Neil & Sons", "a.b"] {
            assert_eq!(name("name", good).as_deref(), Ok(good));
        }
        for (wrong, named) in [
            ("https://evil.example/x", "`https://evil.example/x`"),
            ("Refund at HTTP://evil.example", "`HTTP://evil.example`"),
            ("Ana WWW.evil.example", "`WWW.evil.example`"),
            ("Fern <b@c.example>", "`<`"),
            ("Fern b@c.example", "`b@c.example`"),
            ("Nora <3", "`<`"),
            ("Tom > Ann", "`>`"),
        ] {
            for check in [name, person_name] {
                assert!(check("name", wrong).is_err_and(|refusal| refusal.message.contains(named)), "{wrong}");
            }
        }
    }

    #[test]
    fn names_of_people_hold_no_domain() {
        for good in [
            "Ana",
            "Smith & Co.",
            "J.R. Smith",
            "J.R.Smith",
            "Dr.Smith",
            "Dr. Smith",
            "Dr.Li",
            "Müller GmbH & Co.KG",
            "St.John Rivers",
            "Ph.D. Ana Lopes",
            "Ana Lopes, M.D.",
            "Martin Luther King Jr.",
            "O'Neil",
            "Jean-Luc",
            "A.B",
            "Ana.Lopes",
            "Smith.",
            ".com",
        ] {
            assert_eq!(person_name("name", good).as_deref(), Ok(good));
        }
        for wrong in [
            "evil.com",
            "Ana evil.com",
            "Refund (evil.com)",
            "Evil.COM/refund",
            "evil.com.",
            "evil.co.uk",
            "evil.nz",
            "pay.evil.top",
            "evil\u{3002}com",
            "evil\u{ff61}com",
            "evil\u{ff0e}com",
            "evil\u{2024}com",
            "evil\u{fe52}com",
            "\u{ff45}\u{ff56}\u{ff49}\u{ff4c}.\u{ff43}\u{ff4f}\u{ff4d}",
            "evil.\u{200d}com",
            "evil.c\u{2060}om",
            "\u{1d41e}vil.\u{1d41c}om",
            "e-vil.info",
            "\u{435}vil.\u{440}\u{444}",
            "evil.xn--p1ai",
            "https://evil.example",
        ] {
            assert!(person_name("name", wrong).is_err(), "{wrong}");
        }
        assert!(name("name", "Evil.com Builders").is_ok(), "a company");
    }

    #[test]
    fn colors_are_six_hex_digits() {
        assert_eq!(color("color", " #2F5d50 ").as_deref(), Ok("#2f5d50"));
        for wrong in ["", "2f5d50", "#2f5d5", "#2f5d500", "#2f5d5g", "red", "##2f5d50", "#2f5d5é"] {
            assert!(color("color", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn locales_and_time_zones_are_known_ones() {
        assert_eq!(locale("locale", "EN-nz").as_deref(), Ok("en-NZ"));
        assert!(locale("locale", "xx").is_err());
        assert_eq!(time_zone("timeZone", " Pacific/Auckland ").as_deref(), Ok("Pacific/Auckland"));
        assert_eq!(time_zone("timeZone", "america/denver").as_deref(), Ok("America/Denver"));
        assert!(time_zone("timeZone", "Mars/Olympus").is_err());
        assert!(country("country", "uk").is_err_and(|refusal| refusal.message.contains("GB")));
        assert_eq!(currency("currencyCode", " usd"), Ok(Currency::Usd));
    }

    #[test]
    fn text_is_trimmed_to_one_line() {
        assert_eq!(text("name", "  Ana ", 3).as_deref(), Ok("Ana"));
        let code = |text: &str| super::text("name", text, 3).map_err(|refusal| refusal.code);
        assert_eq!(code(" "), Err(RefusalCode::Blank));
        assert_eq!(code("Anna"), Err(RefusalCode::TooLong));
        assert_eq!(code("A\nn"), Err(RefusalCode::Invalid));
        assert!(body("body", "one\r\ntwo", 9).is_ok_and(|body| body == "one\ntwo"));
    }
}
