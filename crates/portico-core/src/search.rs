//! Parses search queries.
//!
//! A query accepts what input accepts: both spellings of an international domain, and telephone numbers with spaces and
//! brackets. The database folds letters (`search.fold`) of stored texts and of queries alike.

use crate::contacts::{Phone, plain};

/// Minimum number of digits of a partial telephone number.
const DIGITS: usize = 4;

/// A term of a query. It matches if all texts of one of its alternatives occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The alternatives; never empty.
    pub any: Vec<Vec<String>>,
}

/// Splits a query into terms, all of which have to match.
pub fn terms(query: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut words = query.split_whitespace().map(|word| (word, as_dialed(word))).peekable();
    while let Some(word) = words.next() {
        if !is_of_phone(&word.1) {
            terms.push(of_word(word.0));
            continue;
        }
        let mut run = vec![word];
        while let Some(next) = words.next_if(|word| is_of_phone(&word.1)) {
            run.push(next);
        }
        terms.push(of_run(&run));
    }
    terms
}

/// Replaces digits and hyphens of other scripts in a word, as copied numbers contain them.
fn as_dialed(word: &str) -> String {
    let dash = |letter| if matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { letter };
    plain(word).chars().map(dash).collect()
}

fn is_of_phone(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | '/' | '(' | ')'))
}

/// The term for adjacent words of digits: separate words, or together a telephone number.
fn of_run(run: &[(&str, String)]) -> Term {
    let mut any = vec![run.iter().map(|(word, _)| (*word).to_owned()).collect()];
    let together = run.iter().map(|(_, dialed)| dialed.as_str()).collect::<Vec<_>>().join(" ");
    let digits: String = together.chars().filter(char::is_ascii_digit).collect();
    let is_formatted = run.len() > 1 || run.iter().any(|(word, _)| *word != digits);
    if is_formatted && digits.len() >= DIGITS {
        let number = Phone::parse(&together, None).map(|phone| phone.as_str().trim_start_matches('+').to_owned());
        // Without a country, removes the national prefix, which E.164 does not have.
        any.push(vec![number.unwrap_or_else(|_| digits.trim_start_matches('0').to_owned())]);
    }
    Term { any }
}

/// The term for a word; an international domain in it matches in both spellings.
fn of_word(word: &str) -> Term {
    let (before, domain) = word.rsplit_once('@').map_or(("", word), |(local, domain)| (local, domain));
    let with = |domain: &str| if word.contains('@') { format!("{before}@{domain}") } else { domain.to_owned() };
    let mut any = vec![vec![word.to_owned()]];
    if domain.to_ascii_lowercase().contains("xn--") {
        any.push(vec![with(&idna::domain_to_unicode(domain).0)]);
    } else if !domain.is_ascii()
        && let Ok(labels) = idna::domain_to_ascii(domain)
    {
        any.push(vec![with(&labels)]);
    }
    Term { any }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(query: &str) -> Vec<Vec<Vec<String>>> {
        terms(query).into_iter().map(|term| term.any).collect()
    }

    #[test]
    fn numbers_are_searched_as_stored() {
        // ROB-12
        for (query, number) in [
            ("(360) 555-0199", "3605550199"),
            ("+44 (0)20 7946 0958", "442079460958"),
            ("020 7946 0958", "2079460958"),
            ("555-0199", "5550199"),
            ("555\u{2013}0199", "5550199"),
            ("\u{202a}+1 360 555 0199\u{202c}", "13605550199"),
            ("３６０-５５５", "360555"),
            ("٣٦٠٥٥٥", "360555"),
        ] {
            let found = any(query);
            assert_eq!(found.len(), 1, "{query}");
            assert_eq!(found[0].last(), Some(&vec![number.to_owned()]), "{query}");
        }
        assert_eq!(any("98225"), [[["98225"]]]);
        assert_eq!(any("maple 2041"), [[["maple"]], [["2041"]]]);
    }

    #[test]
    fn domains_are_searched_in_both_spellings() {
        // ROB-12
        assert_eq!(any("x@bücher.example")[0], [["x@bücher.example"], ["x@xn--bcher-kva.example"]]);
        assert_eq!(any("x@xn--bcher-kva.example")[0], [["x@xn--bcher-kva.example"], ["x@bücher.example"]]);
        assert_eq!(any("bücher")[0], [["bücher"], ["xn--bcher-kva"]]);
    }
}
