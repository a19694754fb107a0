//! Channel binding of SCRAM: `tls-server-end-point` of RFC 5929.

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

/// DER tag of a sequence.
const SEQUENCE: u8 = 0x30;
/// DER tag of an object identifier.
const OID: u8 = 0x06;

/// The hash of a server's certificate that a sign-in is bound to. None if the certificate's signature has no hash that
/// RFC 5929 defines, such as Ed25519.
pub fn server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = hash_of(signature_algorithm(certificate)?)?;
    Some(digest(algorithm, certificate).as_ref().to_vec())
}

/// The hash of a signature algorithm; SHA-256 in place of the broken ones.
fn hash_of(oid: &[u8]) -> Option<&'static Algorithm> {
    // 1.2.840.113549.1.1: RSA with PKCS #1; 1.2.840.10045.4: ECDSA.
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    match (oid.strip_prefix(RSA), oid.strip_prefix(ECDSA)) {
        // MD5, SHA-1 and SHA-256.
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => Some(&SHA256),
        (Some([12]), _) | (_, Some([3, 3])) => Some(&SHA384),
        (Some([13]), _) | (_, Some([3, 4])) => Some(&SHA512),
        _ => None,
    }
}

/// The identifier of the algorithm that signed a certificate: `SEQUENCE { tbs, SEQUENCE { OID, .. }, .. }`.
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    let (content, _) = element(SEQUENCE, certificate)?;
    let (_, after_tbs) = element(SEQUENCE, content)?;
    let (algorithm, _) = element(SEQUENCE, after_tbs)?;
    Some(element(OID, algorithm)?.0)
}

/// The content of the element at the beginning, and what follows it.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = bytes.split_first_chunk()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // A certificate that a server sends is shorter than 16 MiB.
        let count = usize::from(first & 0x7f);
        let (digits, rest) = rest.split_at_checked(count).filter(|_| count <= 3)?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
    };
    rest.split_at_checked(length).filter(|_| found == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_follows_the_signature() {
        let certificate = |oid: &[u8]| {
            let oid = [&[OID, oid.len() as u8], oid].concat();
            let algorithm = [&[SEQUENCE, oid.len() as u8], &oid[..]].concat();
            // The signed part is long, so that its length takes two bytes.
            let content = [&[SEQUENCE, 0x82, 0x01, 0x00], &[0; 256][..], &algorithm].concat();
            let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[SEQUENCE, 0x82, high, low], &content[..]].concat()
        };
        let rsa = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
        let ecdsa = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
        for (oid, length) in [
            ([&rsa[..], &[5]].concat(), Some(32)),
            ([&rsa[..], &[11]].concat(), Some(32)),
            ([&rsa[..], &[12]].concat(), Some(48)),
            ([&rsa[..], &[13]].concat(), Some(64)),
            // RSASSA-PSS
            ([&rsa[..], &[10]].concat(), None),
            ([&ecdsa[..], &[3, 2]].concat(), Some(32)),
            ([&ecdsa[..], &[3, 3]].concat(), Some(48)),
            ([&ecdsa[..], &[3, 4]].concat(), Some(64)),
            // Ed25519
            (vec![0x2b, 0x65, 0x70], None),
        ] {
            let bytes = certificate(&oid);
            assert_eq!(server_end_point(&bytes).map(|hash| hash.len()), length, "{oid:x?}");
            for end in 0..bytes.len() {
                // Never panics.
                let _ = server_end_point(&bytes[..end]);
            }
        }
    }
}
