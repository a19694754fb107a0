//! The first bytes of an upload, which its row keeps until the type is determined.

use data_encoding::BASE64;

use super::limits::HEAD_BYTES;

/// Text form of the first bytes, for the row.
pub fn encode(head: &[u8]) -> String {
    BASE64.encode(&head[..head.len().min(HEAD_BYTES)])
}

/// Parses the text form; none if it is damaged.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.as_bytes()).ok()
}

/// Appends received bytes until the head is complete.
pub fn extend(head: &mut Vec<u8>, bytes: &[u8]) {
    let missing = HEAD_BYTES.saturating_sub(head.len()).min(bytes.len());
    head.extend_from_slice(&bytes[..missing]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_the_first_4_kib() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|place| (place % 251) as u8).collect();
        let mut head = Vec::new();
        for part in bytes.chunks(999) {
            extend(&mut head, part);
        }
        assert_eq!(head, bytes[..HEAD_BYTES]);
        assert_eq!(decode(&encode(&bytes)).as_deref(), Some(&bytes[..HEAD_BYTES]));
        assert_eq!(decode(""), Some(Vec::new()));
        assert_eq!(decode("no base64"), None);
    }
}
