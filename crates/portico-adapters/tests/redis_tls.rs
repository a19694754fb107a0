//! TLS to a real Redis with certificates of our own. ROB-32

use portico_adapters::redis::{RedisConnection, RedisTlsFiles};
use portico_devstack::{ServerCertificate, TlsRedis};

fn connect(host: &str, redis: &TlsRedis, files: RedisTlsFiles) -> RedisConnection {
    let url = format!("rediss://:hunter2@{host}:{}", redis.port());
    RedisConnection::with_tls(&url, files).expect("the files can be read")
}

fn trusting(redis: &TlsRedis) -> RedisTlsFiles {
    RedisTlsFiles { authority: Some(redis.certificates().authority()), ..RedisTlsFiles::default() }
}

/// The reason, and that no command is answered.
async fn refusal(connection: RedisConnection) -> String {
    let reason = connection.check_tls().await.expect_err("TLS is refused");
    assert_eq!(ping(&connection, 5).await, None, "{reason}");
    assert!(!reason.contains("hunter2") && !reason.contains("Error"), "{reason}");
    reason
}

/// The answer of a command. A handshake takes longer than a request waits.
async fn ping(connection: &RedisConnection, attempts: usize) -> Option<String> {
    for _ in 0..attempts {
        let command = |mut manager| async move { redis::cmd("PING").query_async(&mut manager).await };
        if let Some(answer) = connection.ask(command).await {
            return Some(answer);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    None
}

#[tokio::test]
async fn faults_of_certificates_are_named() {
    use ServerCertificate::{
        Expired, Foreign, Nameless, NotYetValid, OtherHost, SelfSigned, SelfSignedAuthority, Valid,
    };
    for (certificate, words) in [
        (Valid, ""),
        (OtherHost, "is for another host: db.example; set the host of --redis-url to a name of the certificate"),
        (Nameless, "is for another host: it has no DNS name"),
        (Expired, "has expired on 2021-02-03 00:00 UTC; renew it"),
        (NotYetValid, "is not valid yet before 2999-04-05 00:00 UTC; compare the clocks"),
        (SelfSigned, "is self-signed; set --redis-ca"),
        (SelfSignedAuthority, "is self-signed; set --redis-ca"),
        (Foreign, "is signed by another CA"),
    ] {
        let redis = TlsRedis::start(certificate, false).expect("Redis starts");
        let connection = RedisConnection::with_tls(&format!("rediss://localhost:{}", redis.port()), trusting(&redis));
        let connection = connection.expect("the files can be read");
        if certificate == Valid {
            assert_eq!(connection.check_tls().await, Ok(()));
            assert_eq!(ping(&connection, 50).await.as_deref(), Some("PONG"));
            // Public CAs have not signed it.
            let public = refusal(connect("localhost", &redis, RedisTlsFiles::default())).await;
            assert!(public.contains("is not among the public ones; set --redis-ca"), "{public}");
            continue;
        }
        let reason = refusal(connection).await;
        assert!(reason.contains(words) && reason.contains("localhost"), "{certificate:?}: {reason}");
    }
}

#[tokio::test]
async fn client_certificate_is_sent() {
    let redis = TlsRedis::start(ServerCertificate::Valid, true).expect("Redis starts");
    let without = refusal(connect("127.0.0.1", &redis, trusting(&redis))).await;
    assert!(without.contains("requires a client certificate; set --redis-cert and --redis-key"), "{without}");
    let with =
        |(certificate, key)| RedisTlsFiles { certificate: Some(certificate), key: Some(key), ..trusting(&redis) };
    let foreign = refusal(connect("127.0.0.1", &redis, with(redis.certificates().foreign_client()))).await;
    assert!(foreign.contains("refuses the client certificate in") && foreign.contains("does not trust"), "{foreign}");
    let url = format!("rediss://127.0.0.1:{}", redis.port());
    let connection =
        RedisConnection::with_tls(&url, with(redis.certificates().client())).expect("the files can be read");
    assert_eq!(connection.check_tls().await, Ok(()));
    assert_eq!(ping(&connection, 50).await.as_deref(), Some("PONG"));
}

#[tokio::test]
async fn unusable_settings_name_the_remedy() {
    let redis = TlsRedis::start(ServerCertificate::Valid, false).expect("Redis starts");
    let certificates = redis.certificates();
    let (client, key) = certificates.client();
    let (_, other_key) = certificates.foreign_client();
    let none = RedisTlsFiles::default;
    for (url, files, words) in [
        ("redis://:hunter2@host", trusting(&redis), "use a rediss:// URL"),
        ("rediss://:hunter2@host/#insecure", none(), "#insecure, which is not supported"),
        ("http://:hunter2@host", none(), "rediss://host:6379 for TLS"),
        (
            "rediss://host",
            RedisTlsFiles { authority: Some("/nowhere".into()), ..none() },
            "--redis-ca: cannot read /nowhere",
        ),
        ("rediss://host", RedisTlsFiles { authority: Some(key.clone()), ..none() }, "client.key has no certificate"),
        ("rediss://host", RedisTlsFiles { certificate: Some(client.clone()), ..none() }, "are given together"),
        (
            "rediss://host",
            RedisTlsFiles { certificate: Some(client.clone()), key: Some(client.clone()), ..none() },
            "client.pem has no private key",
        ),
        (
            "rediss://host",
            RedisTlsFiles { certificate: Some(client), key: Some(other_key), ..none() },
            "--redis-cert and --redis-key do not belong together",
        ),
    ] {
        let error = RedisConnection::with_tls(url, files).err().expect(words);
        assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
    }
    // A server without TLS.
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = plain.local_addr().expect("it has an address").port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = plain.accept().await {
            let _ = stream.write_all(b"-ERR unknown command\r\n").await;
        }
    });
    let connection = RedisConnection::with_tls(&format!("rediss://127.0.0.1:{port}"), trusting(&redis));
    let reason = connection.expect("the files can be read").check_tls().await.expect_err("it has no TLS");
    assert!(reason.contains("127.0.0.1 does not answer in TLS; check the address and the port"), "{reason}");
}
