//! Alignment of domains (RFC 7489, section 3.1).

/// Whether two domains belong to one organization (relaxed alignment). A public suffix, such as `co.uk`, belongs to none.
pub(super) fn are_aligned(one: &str, other: &str) -> bool {
    let organization = organization(one);
    organization.is_some() && organization == self::organization(other)
}

/// The registered domain that a domain is or belongs to.
fn organization(domain: &str) -> Option<&str> {
    let is_clean = domain.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    psl::domain_str(domain).filter(|_| is_clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_one_organization_are_aligned() {
        for (one, other) in [
            ("builders.example", "builders.example"),
            ("mail.builders.example", "builders.example"),
            ("builders.example", "bounce.builders.example"),
            ("a.builders.co.uk", "b.builders.co.uk"),
            ("a.ana.github.io", "ana.github.io"),
            ("a.builders.xn--55qx5d.cn", "builders.xn--55qx5d.cn"),
        ] {
            assert!(are_aligned(one, other), "{one} and {other}");
        }
        for (one, other) in [
            ("builders.example", "evil.example"),
            ("notbuilders.example", "builders.example"),
            ("builders.example.evil.test", "builders.example"),
            ("builders.co.uk", "evil.co.uk"),
            ("builders.co.uk", "co.uk"),
            ("co.uk", "co.uk"),
            ("example", "example"),
            ("github.io", "github.io"),
            ("ana.github.io", "eve.github.io"),
            ("ana.github.io", "github.io"),
            ("builders.xn--55qx5d.cn", "evil.xn--55qx5d.cn"),
            ("builders.example.", "builders.example."),
            (".builders.example", "builders.example"),
            ("", ""),
        ] {
            assert!(!are_aligned(one, other), "{one} and {other}");
        }
    }
}
