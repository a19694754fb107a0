//! Addresses to which files of a project are mailed (FIL-2).

use std::str::FromStr;

use crate::network::is_dns_name;

/// Number of random bytes in the local part of an address.
pub const MAIL_KEY_BYTES: usize = 12;

/// Domain whose mail the operator's mail server hands to this installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDomain(String);

impl FromStr for MailDomain {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let domain = text.to_ascii_lowercase();
        let is_domain = is_dns_name(&domain) && domain.contains('.');
        if is_domain { Ok(Self(domain)) } else { Err("use the name of a domain, such as files.example.com") }
    }
}

impl MailDomain {
    /// The address of the project with this key.
    pub fn address(&self, key: &str) -> String {
        format!("{key}@{}", self.0)
    }

    /// The key in an address of this domain, which may be in upper case and have a suffix (`key+photos@..`). None for other addresses.
    pub fn key_of(&self, address: &str) -> Option<String> {
        let (local, domain) = address.trim().rsplit_once('@')?;
        let key = local.split('+').next().unwrap_or_default().to_ascii_lowercase();
        let is_key = key.len() == 2 * MAIL_KEY_BYTES && key.bytes().all(|byte| byte.is_ascii_hexdigit());
        (domain.eq_ignore_ascii_case(&self.0) && is_key).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_a_project() {
        let domain: MailDomain = "Files.Example.com".parse().expect("a domain");
        let key = "0123456789abcdef01234567";
        let address = domain.address(key);
        assert_eq!(address, "0123456789abcdef01234567@files.example.com");
        for same in [&*address, &address.to_uppercase(), " 0123456789abcdef01234567+photos@files.example.com"] {
            assert_eq!(domain.key_of(same).as_deref(), Some(key), "{same}");
        }
        for other in [
            "",
            "@files.example.com",
            "0123456789abcdef0123456@files.example.com",
            "0123456789abcdef0123456g@files.example.com",
            "0123456789abcdef01234567@example.com",
            "0123456789abcdef01234567@files.example.com.evil.example",
            "0123456789abcdef01234567",
        ] {
            assert_eq!(domain.key_of(other), None, "{other}");
        }
        for wrong in ["", "localhost", "https://files.example.com", "files.example.com:25", "a@files.example.com"] {
            wrong.parse::<MailDomain>().expect_err(wrong);
        }
    }
}
