//! Passwords: what is kept of them, and whether they are any good.

use std::borrow::Cow;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use precis_core::profile::PrecisFastInvocation;
use precis_profiles::OpaqueString;

use crate::{ActionError, Actor, Refusal};

/// The longest password, in characters.
const MAX: usize = 200;
/// How much of a password its strength is estimated from, in characters: what follows can only make it stronger, and the time
/// that an estimate takes grows much faster than the password.
const ESTIMATED: usize = 64;
/// The most words of the owner's that are counted against a password, and the most characters of each.
const WORDS: usize = 20;
const WORD: usize = 64;
/// The weakest that is taken: "safely unguessable", on zxcvbn's scale from 0 to 4, is 3.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;

/// argon2id with 19 MiB, two passes and one lane, which OWASP gives as the least.
fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// What is verified where there is no password, so that this takes the same time; written down, since to make it would take
/// twice as long the first time.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$oePNG4lRBz/1yw+NCgSAOtVrFUL1MsJCHY0Y2KKtYy4";

fn hashed(password: &[u8], salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(salt)?;
    Ok(argon().hash_password(password, &salt)?.to_string())
}

/// What is to be kept of a new password, unless it would be guessed, also from what is known of its owner.
pub(crate) async fn hash_of_new(
    actor: &Actor,
    member: &str,
    password: &str,
    known: &[&str],
) -> Result<String, ActionError> {
    check_length(member, password)?;
    let Some(password) = prepared(password) else {
        let message = "holds characters that passwords cannot have, such as control or invisible ones";
        return Err(Refusal::of(RefusalCode::Invalid, member, message).into());
    };
    let (words, mut salt) = (words_of(known), [0; 16]);
    getrandom::fill(&mut salt)?;
    let work = move || (!is_guessable(&password, &words)).then(|| hashed(password.as_bytes(), &salt));
    match actor.heavy(work).await? {
        Some(hash) => Ok(hash.map_err(|error| StoreError::Failed(error.to_string()))?),
        None => {
            let message = "is too easy to guess; use several unrelated words";
            Err(Refusal::of(RefusalCode::PasswordTooWeak, member, message).into())
        }
    }
}

/// A password as every system types it (RFC 8265, OpaqueString): composed, and with one kind of space. None if it has characters
/// that not every system can type.
fn prepared(password: &str) -> Option<String> {
    OpaqueString::enforce(password).ok().map(Cow::into_owned)
}

fn check_length(member: &str, password: &str) -> Result<(), Refusal> {
    if password.is_empty() {
        return Err(Refusal::blank(member));
    }
    if password.chars().count() > MAX {
        let message = format!("must not have more than {MAX} characters");
        return Err(Refusal::of(RefusalCode::TooLong, member, message));
    }
    Ok(())
}

/// The words of what is known of somebody: each is a guess of its own.
fn words_of(known: &[&str]) -> Vec<String> {
    let words = known.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()).chain([*text]));
    words.filter(|word| !word.is_empty()).take(WORDS).map(|word| word.chars().take(WORD).collect()).collect()
}

fn is_guessable(password: &str, words: &[String]) -> bool {
    let password: String = password.chars().take(ESTIMATED).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    zxcvbn::zxcvbn(&password, &words).score() < MIN_SCORE
}

/// Whether a password is the one of which this is kept; where nothing is kept, it takes as long to say no.
pub(crate) async fn verify(actor: &Actor, password: &str, kept: Option<String>) -> Result<bool, ActionError> {
    let (password, is_there) = (password.chars().take(MAX).collect::<String>(), kept.is_some());
    let is_right = actor.heavy(move || is_either(&password, kept.as_deref().unwrap_or(NOBODYS)));
    Ok(is_right.await? && is_there)
}

/// As it is kept since passwords are prepared, or as it was typed before. Ordinary passwords are the same, and are tried once.
fn is_either(password: &str, kept: &str) -> bool {
    match prepared(password) {
        Some(prepared) if prepared != password => matches_kept(&prepared, kept) || matches_kept(password, kept),
        _ => matches_kept(password, kept),
    }
}

fn matches_kept(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| argon().verify_password(password.as_bytes(), &kept).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_guessed_is_refused() {
        let known = words_of(&["ana.whitlock@mail.example", "Ana Whitlock"]);
        for weak in ["password", "Passw0rd!", "12345678", "Whitlock1", "qwertyuiop", "whitlock2026"] {
            assert!(is_guessable(weak, &known), "{weak}");
        }
        assert!(!is_guessable("seven cedar stairs, unpainted", &known));
        assert_eq!(check_length("password", "").map_err(|refusal| refusal.code), Err(RefusalCode::Blank));
        let long = check_length("password", &"x".repeat(201));
        assert_eq!(long.map_err(|refusal| refusal.code), Err(RefusalCode::TooLong));
        assert_eq!(check_length("password", &"x".repeat(200)), Ok(()));
    }

    #[test]
    fn strength_is_told_from_the_first_part() {
        // ROB-20
        assert!(is_guessable(&"a".repeat(200), &[]));
        let long = format!("seven cedar stairs, unpainted{}", "a".repeat(171));
        assert!(!is_guessable(&long, &[]));
        let many = (0..50).map(|word| format!("{}{word}", "w".repeat(100))).collect::<Vec<_>>();
        let words = words_of(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(words.len() == WORDS && words.iter().all(|word| word.chars().count() <= WORD), "{words:?}");
    }

    #[test]
    fn a_password_is_known_again_by_what_is_kept_and_by_nothing_else() {
        let kept = hashed(b"seven cedar stairs", &[1; 16]).expect("it can be hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(matches_kept("seven cedar stairs", &kept));
        assert!(!matches_kept("seven cedar stair", &kept));
        assert!(matches_kept("nobody's password", NOBODYS), "so that it takes as long");
    }

    #[test]
    fn passwords_of_other_systems_are_the_same() {
        // ROB-10: composed or not, and with each keyboard's space; hashes from before still verify.
        let kept = hashed(prepared("café\u{a0}crème").expect("it is a password").as_bytes(), &[2; 16]).expect("a hash");
        for typed in ["café crème", "cafe\u{301} cre\u{300}me", "café\u{3000}crème", "café\u{2009}crème"] {
            assert!(is_either(typed, &kept), "{typed}");
        }
        assert!(!is_either("cafe creme", &kept) && !is_either("CAFÉ CRÈME", &kept));
        let raw = hashed("cafe\u{301}".as_bytes(), &[3; 16]).expect("a hash");
        assert!(is_either("cafe\u{301}", &raw));
        assert_eq!(prepared("a\u{200b}b"), None);
    }

    #[test]
    fn what_stands_for_the_password_of_nobody_takes_as_long_as_anybodys() {
        // SEC-10
        assert_eq!(hashed(b"nobody's password", &[7; 16]).as_deref(), Ok(NOBODYS), "made as all others are made");
    }
}
