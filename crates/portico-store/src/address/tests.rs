use super::*;

/// The parsed address, whose files need not exist.
fn options(parameters: &str) -> Result<(&'static str, TlsOptions), String> {
    let url = format!("postgres://portico:hunter2@db.internal/portico?{parameters}");
    let pairs = format!("host=db.internal password=hunter2 {}", parameters.replace('&', " "));
    let read = |text: &str| TlsParameters::take_from(text).1.options();
    let (by_url, by_pairs) = (read(&url), read(&pairs));
    assert_eq!(format!("{by_url:?}"), format!("{by_pairs:?}"), "{parameters}");
    by_url
}

#[test]
fn sslmode_means_what_libpq_says() {
    use Verification::{Authority, AuthorityAndName, Nothing};
    let file = Roots::File("/etc/ca.pem".into());
    for (parameters, mode, verification, roots) in [
        ("", "prefer", Nothing, Roots::Mozilla),
        ("sslmode=disable", "disable", Nothing, Roots::Mozilla),
        ("sslmode=allow", "allow", Nothing, Roots::Mozilla),
        ("sslmode=prefer", "prefer", Nothing, Roots::Mozilla),
        ("sslmode=require", "require", Nothing, Roots::Mozilla),
        ("sslmode=require&sslrootcert=/etc/ca.pem", "require", Authority, file.clone()),
        ("sslrootcert=/etc/ca.pem", "prefer", Authority, file.clone()),
        ("sslmode=verify-ca&sslrootcert=/etc/ca.pem", "verify-ca", Authority, file.clone()),
        ("sslmode=verify-full&sslrootcert=/etc/ca.pem", "verify-full", AuthorityAndName, file.clone()),
        ("sslrootcert=system", "verify-full", AuthorityAndName, Roots::System),
        ("sslmode=verify-full&sslrootcert=system", "verify-full", AuthorityAndName, Roots::System),
        // The last one counts.
        ("sslmode=disable&sslmode=require", "require", Nothing, Roots::Mozilla),
    ] {
        let (found, options) = options(parameters).expect(parameters);
        assert_eq!((found, options.verification, options.roots), (mode, verification, roots), "{parameters}");
    }
}

#[test]
fn unusable_parameters_name_the_remedy() {
    for (parameters, words) in [
        ("sslmode=verify_full", "verify-ca, verify-full"),
        ("sslmode=REQUIRE", "disable, allow, prefer, require"),
        ("sslmode=verify-ca", "needs sslrootcert"),
        ("sslmode=verify-full", "`system`"),
        ("sslmode=require&sslrootcert=system", "set sslmode=verify-full"),
        ("sslmode=disable&sslrootcert=system", "set sslmode=verify-full"),
        ("sslcert=/etc/client.pem", "sslcert needs sslkey"),
        ("sslkey=/etc/client.key", "sslkey needs sslcert"),
    ] {
        let error = options(parameters).expect_err(parameters);
        assert!(error.contains(words) && !error.contains("hunter2"), "{parameters}: {error}");
    }
    for (parameters, words) in [
        ("sslmode=require&sslrootcert=/nowhere/ca.pem", "sslrootcert: cannot read /nowhere/ca.pem"),
        ("sslmode=require&sslcert=/nowhere/a.pem&sslkey=/nowhere/a.key", "sslcert: cannot read /nowhere/a.pem"),
        ("sslnegotiation=direct", "set sslmode to require"),
        ("sslnegotiation=sometimes", "sslnegotiation"),
        ("channel_binding=sometimes", "channel_binding"),
        ("sslcrl=/etc/revoked.pem", "sslcrl"),
    ] {
        let url = format!("postgres://portico:hunter2@db.internal/portico?{parameters}");
        let error = Address::parse(&url).expect_err(parameters);
        assert!(error.contains(words) && !error.contains("hunter2"), "{parameters}: {error}");
    }
    // Files do not matter where TLS is not used.
    for unused in ["postgres://portico@%2Frun/portico?sslrootcert=/no", "host=a sslmode=disable sslrootcert=/no"] {
        Address::parse(unused).expect(unused);
    }
}

#[test]
fn other_parameters_are_kept() {
    for (given, kept, mode) in [
        ("postgres://a:b?c@host/db?sslmode=require", "postgres://a:b?c@host/db", Some("require")),
        ("postgres://host/db?a=1&sslmode=require&b=2", "postgres://host/db?a=1&b=2", Some("require")),
        ("postgres://host/db?ssl%6Dode=verify%2Dca&b=%20", "postgres://host/db?b=%20", Some("verify-ca")),
        ("postgres://host/db", "postgres://host/db", None),
        ("host=a sslmode=require user=b", "host=a user=b", Some("require")),
        ("sslmode = 'require' host='a b\\'c' ", " host='a b\\'c' ", Some("require")),
        ("host=a\nsslmode='re\\quire'", "host=a", Some("require")),
        ("host='sslmode=disable' user=a", "host='sslmode=disable' user=a", None),
        ("host=a sslmode", "host=a sslmode", None),
        ("host=a sslmode=", "host=a sslmode=", None),
        ("host=a sslmode='require", "host=a sslmode='require", None),
        ("", "", None),
    ] {
        let (rest, parameters) = TlsParameters::take_from(given);
        assert_eq!((rest.as_str(), parameters.mode.as_deref()), (kept, mode), "{given}");
    }
}
