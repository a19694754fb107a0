//! SQLSTATE codes for errors that diesel passes on without them.
//!
//! diesel classifies a few violations, and of all other errors has the server's text only, which is localized. The wire
//! protocol has the code: [`WithCodes`] inserts it before the message of each error response, and [`code_of`] parses it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Length of a code.
const CODE: usize = 5;
/// Length of a message's header: its type and its length.
const HEADER: usize = 5;
/// Maximum length of an error response that is parsed. Longer ones pass unchanged.
const MAX_RESPONSE: usize = 64 * 1024;
/// Size of the read buffer.
const CHUNK: usize = 16 * 1024;

/// Splits an error message into its code and the rest.
pub(crate) fn code_of(message: &str) -> Option<(&str, &str)> {
    let (code, rest) = message.split_once(' ')?;
    let is_code = code.len() == CODE && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    is_code.then_some((code, rest))
}

/// A connection to PostgreSQL that inserts codes into error responses, after sign-in.
pub(crate) struct WithCodes<S> {
    stream: S,
    reader: Reader,
    chunk: Box<[u8]>,
}

impl<S> WithCodes<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, reader: Reader::default(), chunk: vec![0; CHUNK].into() }
    }
}

/// Parses the server's messages.
#[derive(Default)]
struct Reader {
    /// Received bytes, not parsed yet.
    pending: Vec<u8>,
    /// Bytes to be read, from `at` on.
    out: Vec<u8>,
    at: usize,
    /// Remaining bytes of a message that passes unchanged.
    unparsed: usize,
    /// Whether sign-in is complete: the server has sent `ReadyForQuery`.
    has_begun: bool,
}

impl Reader {
    fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        if self.at == self.out.len() {
            self.out.clear();
            self.at = 0;
        }
        let mut at = 0;
        while at < self.pending.len() {
            let rest = &self.pending[at..];
            if self.unparsed > 0 {
                let count = self.unparsed.min(rest.len());
                self.out.extend_from_slice(&rest[..count]);
                self.unparsed -= count;
                at += count;
                continue;
            }
            let Some((&[kind, a, b, c, d], _)) = rest.split_first_chunk::<HEADER>() else { break };
            let length = 1 + u32::from_be_bytes([a, b, c, d]) as usize;
            self.has_begun |= kind == b'Z';
            if kind != b'E' || !self.has_begun || length > MAX_RESPONSE {
                self.unparsed = length.max(HEADER);
                continue;
            }
            let Some(response) = rest.get(..length) else { break };
            match with_code(response) {
                Some(coded) => self.out.extend_from_slice(&coded),
                None => self.out.extend_from_slice(response),
            }
            at += length;
        }
        self.pending.drain(..at);
    }

    fn read_into(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let count = buffer.remaining().min(self.out.len() - self.at);
        buffer.put_slice(&self.out[self.at..self.at + count]);
        self.at += count;
        count > 0
    }
}

/// Inserts the code before the message of an error response; none if it has no code or is malformed.
fn with_code(response: &[u8]) -> Option<Vec<u8>> {
    let mut fields = Vec::new();
    let mut rest = response.get(HEADER..)?;
    while let Some((&kind, after)) = rest.split_first().filter(|(kind, _)| **kind != 0) {
        let end = after.iter().position(|byte| *byte == 0)?;
        fields.push((kind, &after[..end]));
        rest = after.get(end + 1..)?;
    }
    let (_, code) = fields.iter().find(|(kind, text)| *kind == b'C' && text.len() == CODE)?;
    let mut body = Vec::with_capacity(response.len() + CODE + 1);
    for (kind, text) in &fields {
        body.push(*kind);
        if *kind == b'M' {
            body.extend_from_slice(code);
            body.push(b' ');
        }
        body.extend_from_slice(text);
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).ok()?;
    Some([b"E", &length.to_be_bytes()[..], &body].concat())
}

impl<S: AsyncRead + Unpin> AsyncRead for WithCodes<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let this = &mut *self;
        loop {
            if this.reader.read_into(buffer) {
                return Poll::Ready(Ok(()));
            }
            let mut read = ReadBuf::new(&mut this.chunk);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.reader.push(read.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithCodes<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).expect("the body is short");
        [&[kind], &length.to_be_bytes()[..], body].concat()
    }

    fn error(code: &str, text: &str) -> Vec<u8> {
        message(b'E', format!("SFEHLER\0VERROR\0C{code}\0M{text}\0Rroutine\0\0").as_bytes())
    }

    /// The output for input in pieces of this size.
    fn through(bytes: &[u8], piece: usize) -> Vec<u8> {
        let (mut reader, mut read) = (Reader::default(), Vec::new());
        for part in bytes.chunks(piece) {
            reader.push(part);
            let mut space = [0; 7];
            loop {
                let mut buffer = ReadBuf::new(&mut space);
                if !reader.read_into(&mut buffer) {
                    break;
                }
                read.extend_from_slice(buffer.filled());
            }
        }
        read
    }

    #[test]
    fn errors_begin_with_their_code() {
        // ROB-31
        let rows = message(b'D', &[b'E'; 300]);
        let plain = [error("28000", "vor der Sitzung"), message(b'Z', b"I"), rows.clone()].concat();
        let coded = "Abbruch wegen Zeitüberschreitung";
        let sent = [plain.clone(), error("57014", coded), rows.clone(), message(b'Z', b"E")].concat();
        let expected = [plain, error("57014", &format!("57014 {coded}")), rows, message(b'Z', b"E")].concat();
        for piece in [1, 2, 5, 13, 300, sent.len()] {
            assert_eq!(through(&sent, piece), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn other_messages_pass_unchanged() {
        let begun = message(b'Z', b"I");
        for odd in [
            message(b'E', b"no fields"),
            message(b'E', b"Mno code\0\0"),
            message(b'E', b""),
            message(b'E', &[b'x'; 70_000]),
        ] {
            let sent = [begun.clone(), odd, begun.clone()].concat();
            assert_eq!(through(&sent, 64), sent);
        }
    }

    #[test]
    fn only_sqlstates_are_parsed() {
        assert_eq!(code_of("40P01 Verklemmung entdeckt"), Some(("40P01", "Verklemmung entdeckt")));
        for other in ["", "40P01", "deadlock detected", "short x", "lower text", "4OP-1 x"] {
            assert_eq!(code_of(other), None, "{other}");
        }
    }
}
