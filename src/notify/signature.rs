//! Signatures by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header `webhook-signature`: one signature for each secret, so that a receiver can change over from one to the next.
pub(super) fn signatures<S: AsRef<[u8]>>(secrets: &[S], id: &str, timestamp_s: i64, body: &str) -> String {
    let signed: Vec<_> =
        secrets.iter().map(|secret| signature(secret.as_ref(), id, timestamp_s, body)).collect();
    signed.join(" ")
}

fn signature(secret: &[u8], id: &str, timestamp_s: i64, body: &str) -> String {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{timestamp_s}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the standard's own test suite.
    #[test]
    fn signs_as_the_standard_does() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", r#"{"test": 2432232314}"#);
        let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signatures(&[&secret], id, 1_614_265_330, body), right);
        let two = signatures(&[&secret, &b"another".to_vec()], id, 1_614_265_330, body);
        assert!(two.starts_with(&format!("{right} v1,")) && two.len() == 2 * right.len() + 1, "{two}");
        assert_ne!(signatures(&[&secret], id, 1_614_265_331, body), right);
    }
}
