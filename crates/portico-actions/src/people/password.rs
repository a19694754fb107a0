//! Passwords: what is kept of them, and whether they are any good.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use tokio::sync::Semaphore;

use crate::{ActionError, Refusal};

/// The longest password, in characters.
const MAX: usize = 200;
/// The weakest that is taken: "safely unguessable", on zxcvbn's scale from 0 to 4, is 3.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;
/// How many are worked on at once: each takes 19 MiB and a processor.
static ROOM: Semaphore = Semaphore::const_new(2);

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

/// Refuses a password that would be guessed, also from what is known of its owner.
pub(crate) fn check(member: &str, password: &str, known: &[&str]) -> Result<(), Refusal> {
    if password.is_empty() {
        return Err(Refusal::blank(member));
    }
    if password.chars().count() > MAX {
        let message = format!("must not have more than {MAX} characters");
        return Err(Refusal::of(RefusalCode::TooLong, member, message));
    }
    // Each word of it is a guess of its own.
    let words: Vec<_> = known
        .iter()
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()).chain([*text]))
        .filter(|word| !word.is_empty())
        .collect();
    if zxcvbn::zxcvbn(password, &words).score() < MIN_SCORE {
        let message = "this password would be guessed; take several words that nobody expects together";
        return Err(Refusal::of(RefusalCode::PasswordTooWeak, member, message));
    }
    Ok(())
}

/// What is kept of a password.
pub(crate) async fn hash(password: &str) -> Result<String, ActionError> {
    let (password, mut salt) = (password.to_owned(), [0; 16]);
    getrandom::fill(&mut salt)?;
    worked_on(move || hashed(password.as_bytes(), &salt))
        .await?
        .map_err(|error| StoreError::Failed(error.to_string()).into())
}

/// Whether a password is the one of which this is kept; where nothing is kept, it takes as long to say no.
pub(crate) async fn verify(password: &str, kept: Option<String>) -> Result<bool, ActionError> {
    let (password, is_there) = (password.chars().take(MAX).collect::<String>(), kept.is_some());
    let is_right = worked_on(move || {
        let kept = kept.as_deref().unwrap_or(NOBODYS);
        PasswordHash::new(kept).is_ok_and(|kept| argon().verify_password(password.as_bytes(), &kept).is_ok())
    });
    Ok(is_right.await? && is_there)
}

/// Does what keeps a processor busy where it is in nobody's way.
async fn worked_on<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ActionError> {
    let _room = ROOM.acquire().await.map_err(|error| StoreError::Failed(error.to_string()))?;
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| StoreError::Failed(error.to_string()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_guessed_is_refused() {
        let known = ["ana.whitlock@mail.example", "Ana Whitlock"];
        let code = |password: &str| check("password", password, &known).map_err(|refusal| refusal.code);
        assert_eq!(code(""), Err(RefusalCode::Blank));
        for weak in ["password", "Passw0rd!", "12345678", "Whitlock1", "qwertyuiop", "whitlock2026"] {
            assert_eq!(code(weak), Err(RefusalCode::PasswordTooWeak), "{weak}");
        }
        assert_eq!(code(&"x".repeat(201)), Err(RefusalCode::TooLong));
        assert_eq!(code("seven cedar stairs, unpainted"), Ok(()));
    }

    #[tokio::test]
    async fn a_password_is_known_again_by_what_is_kept_and_by_nothing_else() {
        let kept = hash("seven cedar stairs").await.expect("it can be hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("seven cedar stairs").await.expect("it can be hashed"), "each has a salt of its own");
        assert!(verify("seven cedar stairs", Some(kept.clone())).await.expect("it can be verified"));
        assert!(!verify("seven cedar stair", Some(kept)).await.expect("it can be verified"));
        assert!(!verify("nobody's password", None).await.expect("it can be verified"));
    }

    #[test]
    fn what_stands_for_the_password_of_nobody_takes_as_long_as_anybodys() {
        // SAFETY A30
        assert_eq!(hashed(b"nobody's password", &[7; 16]).as_deref(), Ok(NOBODYS), "made as all others are made");
    }
}
