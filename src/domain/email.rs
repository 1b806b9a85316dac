//! E-mail addresses.

use serde::{Deserialize, Serialize};

/// Longest address, in characters (RFC 5321).
const CHARS_MAX: usize = 254;

/// One e-mail address, as in `desk@example.jp`: something, an at sign, something; nothing that begins another line or
/// another address.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = "email", min_length = 3, max_length = 254, examples("desk@example.jp"))]
pub struct EmailAddress(String);

/// Not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one e-mail address, as in desk@example.jp")]
pub struct BadEmailAddress;

impl EmailAddress {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the at sign.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, host)| host)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = BadEmailAddress;

    fn try_from(text: String) -> Result<Self, BadEmailAddress> {
        let (local, host) = text.split_once('@').ok_or(BadEmailAddress)?;
        let sound = text.len() <= CHARS_MAX
            && !local.is_empty()
            && !host.is_empty()
            && !host.contains('@')
            && text.chars().all(|char| char.is_ascii_graphic() && !",;<>()[]\"\\:".contains(char));
        if sound { Ok(Self(text)) } else { Err(BadEmailAddress) }
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl std::fmt::Debug for EmailAddress {
    /// Personal data: never in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_one_address_only() {
        for good in ["desk@example.jp", "a.b+c@x.example.jp", "1@2"] {
            assert!(EmailAddress::try_from(good.to_owned()).is_ok(), "{good}");
        }
        let long = format!("{}@example.jp", "a".repeat(CHARS_MAX));
        for bad in [
            "",
            "@",
            "a@",
            "@b",
            "a",
            "a@b@c",
            "a@b,c@d",
            "a@b;c",
            "a b@c",
            "<a@b>",
            "a@b\r\nBcc: c@d",
            "a@b\0",
            "\"a\"@b",
            "机@example.jp",
            long.as_str(),
        ] {
            assert!(EmailAddress::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
