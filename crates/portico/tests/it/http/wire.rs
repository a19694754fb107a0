//! Tests of HTTP/1.1 on real connections: refusals, and the host of a request.

use std::net::SocketAddr;
use std::time::Duration;

use portico_testkit::TestApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HOST: &str = "Host: portal.alderbrook.example\r\n";
const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: portal.alderbrook.example\r\n\r\n";

struct Wire(TcpStream, Vec<u8>);

impl Wire {
    async fn open(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.expect("the gateway listens"), Vec::new())
    }

    /// Sends as much as the other side accepts.
    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// The next response: its head, and its body by `Content-Length`. None if the connection has ended.
    async fn response(&mut self) -> Option<(String, String)> {
        tokio::time::timeout(Duration::from_secs(20), self.read()).await.expect("there is an answer in time")
    }

    async fn read(&mut self) -> Option<(String, String)> {
        loop {
            if let Some(end) = self.1.windows(4).position(|at| at == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&self.1[..end]).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let whole = end + 4 + length.map_or(0, |length| length.parse().expect("it is a number"));
                if self.1.len() >= whole {
                    let rest = self.1.split_off(whole);
                    let body = String::from_utf8_lossy(&self.1[end + 4..]).into_owned();
                    self.1 = rest;
                    return Some((head, body));
                }
            }
            let mut more = [0; 8192];
            match self.0.read(&mut more).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => self.1.extend_from_slice(&more[..read]),
            }
        }
    }
}

/// Requests that are refused for their headers, with the expected status.
const REFUSED: [(&str, &str, u16); 12] = [
    ("POST /graphql", "Authorization: Bearer nobody\r\nContent-Type: application/json\r\n", 401),
    ("POST /graphql", "Cookie: __Host-portico-session=ps_gone\r\nContent-Type: application/json\r\n", 401),
    ("POST /nowhere", "", 404),
    ("PUT /graphql", "Content-Type: application/json\r\n", 405),
    ("POST /health/live", "", 405),
    ("PUT /leads/demo-form-alderbrook", "", 405),
    ("POST /graphql", "Accept: text/html\r\nContent-Type: application/json\r\n", 406),
    ("POST /graphql", "Content-Type: text/plain\r\n", 415),
    ("POST /graphql", "Content-Encoding: br\r\nContent-Type: application/json\r\n", 415),
    ("POST /leads/demo-form-alderbrook", "Content-Type: text/plain\r\n", 415),
    ("POST /auth/link/nothing/fresh", "Origin: https://evil.example\r\n", 403),
    ("POST /auth/link/%FF/fresh", "", 400),
];

#[tokio::test]
async fn refusals_keep_the_connection() {
    // ROB-25
    let address = TestApp::demo().await.serve().await;
    let body = vec![b' '; 200_000];
    for (line, headers, status) in REFUSED {
        for is_chunked in [false, true] {
            let mut wire = Wire::open(address).await;
            let length = if is_chunked {
                "Transfer-Encoding: chunked\r\n".to_owned()
            } else {
                format!("Content-Length: {}\r\n", body.len())
            };
            wire.send(format!("{line} HTTP/1.1\r\n{HOST}{headers}{length}\r\n")).await;
            // Refused before most of the body has arrived.
            for piece in body.chunks(body.len() / 2) {
                if is_chunked {
                    wire.send(format!("{:x}\r\n", piece.len())).await;
                }
                wire.send(piece).await;
                if is_chunked {
                    wire.send("\r\n").await;
                }
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
            if is_chunked {
                wire.send("0\r\n\r\n").await;
            }
            let (head, _) = wire.response().await.unwrap_or_else(|| panic!("{line} {headers}: no answer"));
            assert!(head.starts_with(&format!("http/1.1 {status} ")), "{line} {headers}: {head}");
            assert!(!head.contains("connection: close"), "{line} {headers}: {head}");
            wire.send(LIVE).await;
            let (head, _) = wire.response().await.unwrap_or_else(|| panic!("{line} {headers}: the connection broke"));
            assert!(head.starts_with("http/1.1 200 "), "{line} {headers}: {head}");
        }
    }
}

#[tokio::test]
async fn connection_close_is_announced() {
    // ROB-25: a body that is too long, too slow, or waits for 100 Continue is not drained.
    let address = TestApp::demo().await.serve().await;
    let rests =
        ["Content-Length: 50000000\r\n", "Content-Length: 9\r\nExpect: 100-continue\r\n", "Content-Length: 9\r\n"];
    let cases = REFUSED.into_iter().flat_map(|refused| rests.map(|rest| (refused, rest)));
    // Concurrently: the gateway waits two seconds for each slow body.
    let told = cases.map(async |((line, headers, status), rest)| {
        let mut wire = Wire::open(address).await;
        wire.send(format!("{line} HTTP/1.1\r\n{HOST}{headers}{rest}\r\n")).await;
        let (head, _) = wire.response().await.unwrap_or_else(|| panic!("{line}: no answer"));
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{line}: {head}");
        assert!(head.contains("connection: close"), "{line}: {head}");
        assert_eq!(wire.response().await, None, "{line}");
    });
    futures_util::future::join_all(told).await;
}

#[tokio::test]
async fn request_names_one_host() {
    // ROB-27
    let address = TestApp::demo().await.serve().await;
    for host in [
        "",
        "Host: a.example\r\nHost: b.example\r\n",
        "Host: me@a.example\r\n",
        "Host: a.example/path\r\n",
        "Host: a example\r\n",
        "Host: a.example:port\r\n",
        "Host:\r\n",
        "Host: [1.2.3.4]\r\n",
        "Host: b\u{fc}cher.example\r\n",
    ] {
        for path in ["/health/live", "/graphql", "/leads/demo-form-alderbrook", "/auth/link/x"] {
            let mut wire = Wire::open(address).await;
            wire.send(format!("GET {path} HTTP/1.1\r\n{host}\r\n")).await;
            let (head, body) = wire.response().await.expect("there is an answer");
            assert!(head.starts_with("http/1.1 400 "), "{host}: {head}");
            assert!(head.contains("content-security-policy: ") && head.contains("nosniff"), "{head}");
            assert!(body.contains("BAD_USER_INPUT") && body.contains("host"), "{body}");
        }
    }
    for host in ["localhost", "127.0.0.1:8080", "[::1]:80", "PORTAL.example.", "a_b.example"] {
        let mut wire = Wire::open(address).await;
        wire.send(format!("GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert!(wire.response().await.expect("there is an answer").0.starts_with("http/1.1 200 "), "{host}");
    }
}
