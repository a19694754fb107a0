//! Password hashes and password strength.

use std::borrow::Cow;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use portico_core::id::IdentityId;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::accounts::Account;
use portico_store::sessions::{SignInOption, companies_of_member, sign_in_options};
use precis_core::profile::PrecisFastInvocation;
use precis_profiles::OpaqueString;
use secrecy::{ExposeSecret, SecretString};

use crate::{Action, ActionError, Actor, Refusal, Work, WriteScope};

/// Maximum length of a password, in characters.
const MAX: usize = 200;
/// Number of leading characters from which the strength is estimated: more can only make it stronger, and the time of an estimate
/// grows much faster than the length.
const ESTIMATED: usize = 64;
/// Maximum number of words about the owner, and of characters per word, that weaken a password.
const WORDS: usize = 60;
const WORD: usize = 64;
/// Maximum number of successive words of a name that are one guess.
const SUCCESSIVE: usize = 4;
/// Minimum strength: 3, "safely unguessable" on zxcvbn's scale from 0 to 4.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;

/// argon2id with 19 MiB, two passes and one lane: OWASP's minimum.
fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Verified if there is no password, so that a sign-in takes the same time. A constant, since computing it would double
/// the time of the first use.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$oePNG4lRBz/1yw+NCgSAOtVrFUL1MsJCHY0Y2KKtYy4";

fn hashed(password: &[u8], salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(salt)?;
    Ok(argon().hash_password(password, &salt)?.to_string())
}

/// Hashes a new password. Rejects one that can be guessed, also from the owner's data and the names of their companies.
pub(crate) async fn hash_of_new(
    actor: &Actor,
    member: &str,
    password: &SecretString,
    owner: &Account,
) -> Result<String, ActionError> {
    check_length(member, password.expose_secret())?;
    let Some(password) = normalized(password.expose_secret()) else {
        let message = "contains control or invisible characters: remove them";
        return Err(Refusal::of(RefusalCode::Invalid, member, message).into());
    };
    let companies = actor.look(&CompaniesOf { identity: owner.id }).await?;
    let known: Vec<_> = [&owner.email, &owner.name].into_iter().chain(&companies).map(String::as_str).collect();
    let (words, mut salt) = (words_of(&known), [0; 16]);
    getrandom::fill(&mut salt)?;
    let work = move || {
        let password = password.expose_secret();
        (!is_guessable(password, &words)).then(|| hashed(password.as_bytes(), &salt))
    };
    match actor.heavy(work).await? {
        Some(hash) => Ok(hash.map_err(|error| StoreError::Failed(error.to_string()))?),
        None => {
            let message = "is too easy to guess: use several unrelated words";
            Err(Refusal::of(RefusalCode::PasswordTooWeak, member, message).into())
        }
    }
}

/// Normalizes a password (RFC 8265, OpaqueString): composed characters and one kind of space. None if it has characters that some
/// systems cannot type.
fn normalized(password: &str) -> Option<SecretString> {
    OpaqueString::enforce(password).ok().map(|password| SecretString::from(Cow::into_owned(password)))
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

/// The names of a person's companies.
struct CompaniesOf {
    identity: IdentityId,
}

impl Action for CompaniesOf {
    type Done = Vec<String>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Vec<String>, ActionError> {
        let employers = sign_in_options(work.connection(), self.identity).await?.into_iter().filter_map(|option| {
            if let SignInOption::Staff { company_name, .. } = option { Some(company_name) } else { None }
        });
        let builders = companies_of_member(work.connection(), self.identity).await?.into_iter().map(|(_, name)| name);
        Ok(employers.chain(builders).collect())
    }
}

/// The words of the owner's data, and successive words with and without spaces: each is a guess of its own.
fn words_of(known: &[&str]) -> Vec<String> {
    let guesses = known.iter().flat_map(|text| {
        let words: Vec<_> = text.split(|letter: char| !letter.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
        let successive = (2..=SUCCESSIVE).flat_map(|count| words.windows(count));
        let joined: Vec<_> = successive.flat_map(|words| [words.join(" "), words.concat()]).collect();
        words.iter().map(|word| (*word).to_owned()).chain([(*text).to_owned()]).chain(joined).collect::<Vec<_>>()
    });
    guesses.filter(|word| !word.is_empty()).take(WORDS).map(|word| word.chars().take(WORD).collect()).collect()
}

fn is_guessable(password: &str, words: &[String]) -> bool {
    let password: String = password.chars().take(ESTIMATED).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    zxcvbn::zxcvbn(&password, &words).score() < MIN_SCORE
}

/// Verifies a password against a hash. Without a hash it takes the same time.
pub(crate) async fn verify(
    actor: &Actor,
    password: &SecretString,
    stored: Option<String>,
) -> Result<bool, ActionError> {
    let password = SecretString::from(password.expose_secret().chars().take(MAX).collect::<String>());
    let is_there = stored.is_some();
    let is_right =
        actor.heavy(move || matches_either(password.expose_secret(), stored.as_deref().unwrap_or(DUMMY_HASH)));
    Ok(is_right.await? && is_there)
}

/// Verifies the normalized password, and the password as typed for hashes from before normalization. Most passwords are the same
/// in both forms, and are verified once.
fn matches_either(password: &str, stored: &str) -> bool {
    match normalized(password) {
        Some(normalized) if normalized.expose_secret() != password => {
            matches_hash(normalized.expose_secret(), stored) || matches_hash(password, stored)
        }
        _ => matches_hash(password, stored),
    }
}

fn matches_hash(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|stored| argon().verify_password(password.as_bytes(), &stored).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessable_passwords_are_rejected() {
        let known = words_of(&["ana.whitlock@mail.example", "Ana Whitlock", "Alderbrook Homes, Inc."]);
        for weak in [
            "password",
            "Passw0rd!",
            "12345678",
            "Whitlock1",
            "qwertyuiop",
            "whitlock2026",
            "ana whitlock",
            "alderbrook homes",
            "AlderbrookHomes1",
        ] {
            assert!(is_guessable(weak, &known), "{weak}");
        }
        assert!(!is_guessable("seven cedar stairs, unpainted", &known));
        assert_eq!(check_length("password", "").map_err(|refusal| refusal.code), Err(RefusalCode::Blank));
        let long = check_length("password", &"x".repeat(201));
        assert_eq!(long.map_err(|refusal| refusal.code), Err(RefusalCode::TooLong));
        assert_eq!(check_length("password", &"x".repeat(200)), Ok(()));
    }

    #[test]
    fn strength_is_estimated_from_the_start() {
        // ROB-20
        assert!(is_guessable(&"a".repeat(200), &[]));
        let long = format!("seven cedar stairs, unpainted{}", "a".repeat(171));
        assert!(!is_guessable(&long, &[]));
        let many = (0..2 * WORDS).map(|word| format!("{}{word}", "w".repeat(100))).collect::<Vec<_>>();
        let words = words_of(&many.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(words.len() == WORDS && words.iter().all(|word| word.chars().count() <= WORD), "{words:?}");
    }

    #[test]
    fn hash_verifies_its_password_only() {
        let stored = hashed(b"seven cedar stairs", &[1; 16]).expect("it can be hashed");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(matches_hash("seven cedar stairs", &stored));
        assert!(!matches_hash("seven cedar stair", &stored));
        assert!(matches_hash("nobody's password", DUMMY_HASH), "so that it takes as long");
    }

    #[test]
    fn passwords_typed_on_other_systems_verify() {
        // ROB-10: composed or not, with each keyboard's space character; older hashes still verify.
        let stored =
            hashed(normalized("café\u{a0}crème").expect("it is a password").expose_secret().as_bytes(), &[2; 16])
                .expect("a hash");
        for typed in ["café crème", "cafe\u{301} cre\u{300}me", "café\u{3000}crème", "café\u{2009}crème"] {
            assert!(matches_either(typed, &stored), "{typed}");
        }
        assert!(!matches_either("cafe creme", &stored) && !matches_either("CAFÉ CRÈME", &stored));
        let raw = hashed("cafe\u{301}".as_bytes(), &[3; 16]).expect("a hash");
        assert!(matches_either("cafe\u{301}", &raw));
        assert!(normalized("a\u{200b}b").is_none());
    }

    #[test]
    fn dummy_hash_has_the_usual_parameters() {
        // SEC-10
        assert_eq!(
            hashed(b"nobody's password", &[7; 16]).as_deref(),
            Ok(DUMMY_HASH),
            "the same parameters as all others"
        );
    }
}
