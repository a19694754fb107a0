//! Results of trusted mail servers: `Authentication-Results` (RFC 8601).

use super::canonical_domain;
use crate::inbound_mail::mime::Headers;

/// The trusted server that states that mails from this domain pass DMARC.
pub(super) fn passing<'a>(headers: &Headers<'_>, trusted: &'a [String], domain: &str) -> Option<&'a str> {
    trusted.iter().map(String::as_str).find(|id| {
        let results = headers.named("Authentication-Results");
        let mut results = results.map(|header| Results::read(&header.text()).filter(|_| !header.is_cut()));
        // One that cannot be read may be the server's: those below it do not count.
        let is_topmost =
            |results: &Option<Results>| results.as_ref().is_none_or(|read| read.authserv_id.eq_ignore_ascii_case(id));
        results.find(is_topmost).flatten().is_some_and(|results| results.pass_dmarc(domain))
    })
}

struct Results {
    authserv_id: String,
    methods: Vec<Method>,
}

/// A method, such as `dmarc=pass header.from=example.com`.
struct Method {
    /// In lower case, without version.
    name: String,
    result: String,
    /// What the result was determined from, by name in lower case.
    properties: Vec<(String, String)>,
    is_well_formed: bool,
}

impl Results {
    fn read(text: &str) -> Option<Self> {
        let mut sections = sections(text)?.into_iter();
        let Some(Token::Word(authserv_id)) = sections.next()?.into_iter().next() else { return None };
        Some(Self { authserv_id, methods: sections.map(|section| Method::read(&section)).collect() })
    }

    /// Whether the only result of DMARC is `pass`, for mails from a domain.
    fn pass_dmarc(&self, domain: &str) -> bool {
        let mut results = self.methods.iter().filter(|method| method.name == "dmarc");
        let (Some(only), None) = (results.next(), results.next()) else { return false };
        let from: Vec<_> = only.properties.iter().filter(|(name, _)| name == "header.from").collect();
        let [(_, from)] = from.as_slice() else { return false };
        let is_pass = only.is_well_formed && only.result.eq_ignore_ascii_case("pass");
        is_pass && canonical_domain(from).as_deref() == Some(domain)
    }
}

impl Method {
    fn read(section: &[Token]) -> Self {
        let name_of = |word: &str| word.split('/').next().unwrap_or_default().to_ascii_lowercase();
        let name = section.iter().find_map(Token::word).map(name_of).unwrap_or_default();
        let mut pairs = section.chunks(3).map(|tokens| match tokens {
            [Token::Word(name), Token::Equals, Token::Word(value)] => Some((name.to_ascii_lowercase(), value.clone())),
            _ => None,
        });
        let result = pairs.next().flatten().map(|(_, result)| result).unwrap_or_default();
        let properties: Option<Vec<_>> = pairs.collect();
        Self { name, result, is_well_formed: properties.is_some(), properties: properties.unwrap_or_default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Equals,
}

impl Token {
    fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Equals => None,
        }
    }
}

/// The tokens between semicolons, without comments. None if a quoted string or comment does not end.
fn sections(text: &str) -> Option<Vec<Vec<Token>>> {
    let mut sections = vec![Vec::new()];
    let mut word = String::new();
    let mut letters = text.chars();
    let end = |sections: &mut Vec<Vec<Token>>, word: &mut String| {
        if let (false, Some(section)) = (word.is_empty(), sections.last_mut()) {
            section.push(Token::Word(std::mem::take(word)));
        }
    };
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                // A quoted string is a word of its own, so that it cannot become a name with what is beside it.
                end(&mut sections, &mut word);
                word = quoted(&mut letters)?;
                end(&mut sections, &mut word);
            }
            '(' => {
                end(&mut sections, &mut word);
                skip_comment(&mut letters)?;
            }
            ';' => {
                end(&mut sections, &mut word);
                sections.push(Vec::new());
            }
            '=' => {
                end(&mut sections, &mut word);
                sections.last_mut()?.push(Token::Equals);
            }
            letter if letter.is_whitespace() => end(&mut sections, &mut word),
            letter => word.push(letter),
        }
    }
    end(&mut sections, &mut word);
    Some(sections)
}

fn quoted(letters: &mut std::str::Chars<'_>) -> Option<String> {
    let mut text = String::new();
    loop {
        match letters.next()? {
            '"' => return Some(text),
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
}

fn skip_comment(letters: &mut std::str::Chars<'_>) -> Option<()> {
    let mut depth = 1_u32;
    while depth > 0 {
        match letters.next()? {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => drop(letters.next()?),
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_passing(headers: &str) -> bool {
        let trusted = ["MX.Portal.Example".to_owned(), "mx2.portal.example".to_owned()];
        let headers = Headers::split(headers.as_bytes()).expect("few headers");
        passing(&headers, &trusted, "builders.example").is_some()
    }

    #[test]
    fn dmarc_of_a_trusted_server_passes() {
        for value in [
            "mx.portal.example; dmarc=pass header.from=builders.example",
            "mx2.portal.example 1; spf=fail smtp.mailfrom=a.example; dmarc=pass (p=none; dis=none) header.from=Builders.Example",
            "mx.portal.example (our server);\r\n\tdkim=pass header.b=\"a=\"; DMARC/1 = Pass action=none\r\n header.from=\"builders.example\"",
            "mx.portal.example; dkim=pass header.b=a==; dmarc=pass policy.dmarc=none header.from=builders.example;",
        ] {
            assert!(is_passing(&format!("Authentication-Results: {value}\r\n\r\n")), "{value}");
        }
    }

    #[test]
    fn other_results_do_not_pass() {
        for value in [
            "mx.evil.example; dmarc=pass header.from=builders.example",
            "mx.portal.example.evil.example; dmarc=pass header.from=builders.example",
            "\"mx.portal.example; x\"; dmarc=pass header.from=builders.example",
            "(mx.portal.example); dmarc=pass header.from=builders.example",
            "mx.portal.example; none",
            "mx.portal.example; dmarc=fail header.from=builders.example",
            "mx.portal.example; dmarc=bestguesspass header.from=builders.example",
            "mx.portal.example; dmarc=pass",
            "mx.portal.example; dmarc=pass header.from=evil.example",
            "mx.portal.example; dmarc=pass header.from=mail.builders.example",
            "mx.portal.example; dmarc=pass header.from=evil.example header.from=builders.example",
            "mx.portal.example; dmarc=pass header.from=builders.example extra",
            "mx.portal.example; x dmarc=pass header.from=builders.example",
            "mx.portal.example; dmarc = fail = dmarc = pass header.from=builders.example",
            // Two results: a sender may have put one into the other's address.
            "mx.portal.example; spf=pass smtp.mailfrom=a; dmarc=pass header.from=builders.example; dmarc=fail header.from=evil.example",
            "mx.portal.example; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=builders.example\"",
            "mx.portal.example; spf=pass (dmarc=pass header.from=builders.example)",
            "mx.portal.example; spf=pass (; dmarc=pass header.from=builders.example",
            "mx.portal.example; dkim=pass header.d=builders.example",
            "mx.portal.example: dmarc=pass header.from=builders.example",
            "",
            ";",
        ] {
            assert!(!is_passing(&format!("Authentication-Results: {value}\r\n\r\n")), "{value}");
        }
        assert!(!is_passing(
            "ARC-Authentication-Results: mx.portal.example; dmarc=pass header.from=builders.example\r\n"
        ));
    }

    #[test]
    fn only_the_topmost_result_of_a_server_counts() {
        let pass = "Authentication-Results: mx.portal.example; dmarc=pass header.from=builders.example\r\n";
        let fail = "Authentication-Results: mx.portal.example; dmarc=fail header.from=builders.example\r\n";
        let other = "Authentication-Results: mx.evil.example; dmarc=fail header.from=builders.example\r\n";
        let unreadable = "Authentication-Results: mx.portal.example; dmarc=fail (\r\n";
        assert!(is_passing(&[pass, fail].concat()));
        assert!(!is_passing(&[fail, pass].concat()));
        assert!(is_passing(&[other, pass].concat()));
        assert!(!is_passing(&[unreadable, pass].concat()));
        assert!(is_passing(&["Received: from a\r\n", pass].concat()), "a delivery agent adds headers above");
    }
}
