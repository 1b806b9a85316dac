//! Words that may be erased, beside a row that never changes: the row holds their hash with a salt that is erased with them, so that
//! it proves what they were as long as they are there, and tells nothing of them afterwards (G-12).

use sha2::{Digest as _, Sha256};

/// Bytes of a salt.
pub const SALT_BYTES: usize = 32;

/// Words with their salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Salted {
    /// The words.
    pub text: String,
    /// Drawn for them alone.
    pub salt: [u8; SALT_BYTES],
}

impl Salted {
    /// What the row holds of them.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::new().chain_update(self.salt).chain_update(&self.text).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_have_another_hash_under_another_salt() {
        let salted = |text: &str, salt| Salted { text: text.to_owned(), salt: [salt; SALT_BYTES] }.hash();
        assert_eq!(salted("R-1", 1), salted("R-1", 1));
        assert_ne!(salted("R-1", 1), salted("R-1", 2));
        assert_ne!(salted("R-1", 1), salted("R-2", 1));
    }
}
