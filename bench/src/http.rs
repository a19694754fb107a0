//! As much of an HTTP/1.1 client as it takes: the less the callers cost, the more of the machine is left to who is measured.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::failure::{Doing, Failure};

const END_OF_HEAD: &[u8] = b"\r\n\r\n";
/// Read at once; the largest answer fits.
const BUFFER: usize = 128 * 1024;

/// The bytes of a POST of JSON.
pub(crate) fn post(path: &str, bearer: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {bearer}\r\nContent-Type: application/json\r\n\
         Accept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await.doing("connect")?;
        stream.set_nodelay(true).doing("connect")?;
        Ok(Self { stream, buffer: Vec::with_capacity(BUFFER) })
    }

    /// Sends a request and answers the body of the reply, which must be a 200 without errors.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<&[u8], Failure> {
        self.stream.write_all(request).await.doing("send")?;
        self.buffer.clear();
        let mut head = None;
        loop {
            if let Some(Head { length, body }) = head
                && self.buffer.len() >= body + length
            {
                return checked(&self.buffer[body..body + length]);
            }
            if self.stream.read_buf(&mut self.buffer).await.doing("read")? == 0 {
                return Err(Failure::new("the connection was closed in the middle of a reply"));
            }
            if head.is_none() {
                head = Head::read(&self.buffer)?;
            }
        }
    }
}

/// What of a reply's head matters here.
#[derive(Clone, Copy)]
struct Head {
    length: usize,
    /// Where the body begins.
    body: usize,
}

impl Head {
    /// None until it is there as a whole.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let Some(end) = find(bytes, END_OF_HEAD) else { return Ok(None) };
        let text = std::str::from_utf8(&bytes[..end]).doing("read the head")?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        if status != Some("200") {
            return Err(Failure::new(format_args!("not a 200: {}", String::from_utf8_lossy(bytes))));
        }
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse().ok());
        let length = length.ok_or_else(|| Failure::new("a reply without a length"))?;
        Ok(Some(Self { length, body: end + END_OF_HEAD.len() }))
    }
}

/// The answers hold no text of this form but the field itself: quotes within strings are escaped.
fn checked(body: &[u8]) -> Result<&[u8], Failure> {
    if find(body, b"\"errors\":").is_some() {
        return Err(Failure::new(format_args!("an error: {}", String::from_utf8_lossy(body))));
    }
    Ok(body)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        if bytes[from + at..].starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
