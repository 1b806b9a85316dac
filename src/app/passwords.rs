//! Passwords: hashed with argon2id, away from the threads that answer requests, few at once. What a password costs us
//! to check must not be a way to keep the service busy.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Error;
use crate::domain::users::Password;

/// Bytes of salt.
pub(super) const SALT_BYTES: usize = 16;
/// Passwords hashed at once: each takes 19 MiB and a core for some tens of milliseconds.
const AT_ONCE: usize = 2;
/// Passwords that wait or are hashed; one more is refused as overload.
const UNDER_WAY_MAX: usize = 32;

/// What is compared with when there is nothing to compare with, so that an unknown login takes as long as a known one.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let hash = Argon2::default().hash_password_with_salt(b"nobody's password", &[7; SALT_BYTES]);
    hash.map(|hash| hash.to_string()).unwrap_or_default()
});

/// Where passwords are hashed.
pub(super) struct Hashing {
    running: Semaphore,
    under_way: Semaphore,
}

impl Hashing {
    pub(super) fn new() -> Self {
        Self { running: Semaphore::new(AT_ONCE), under_way: Semaphore::new(UNDER_WAY_MAX) }
    }

    /// The hash of a password, with its salt and parameters.
    pub(super) async fn hash(&self, password: Password, salt: [u8; SALT_BYTES]) -> Result<String, Error> {
        let _turn = self.turn().await?;
        let hash = tokio::task::spawn_blocking(move || {
            Argon2::default().hash_password_with_salt(password.bytes(), &salt).map(|hash| hash.to_string())
        });
        hash.await
            .map_err(|error| Error::Internal(error.to_string()))?
            .map_err(|error| Error::Internal(format!("hashing a password: {error}")))
    }

    /// Whether a password is the one that was hashed; never, where there is none.
    pub(super) async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, Error> {
        let _turn = self.turn().await?;
        let known = hash.is_some();
        let right = tokio::task::spawn_blocking(move || {
            let hash = hash.as_deref().unwrap_or(&NOBODY);
            Argon2::default().verify_password(password.bytes(), hash).is_ok()
        });
        Ok(right.await.map_err(|error| Error::Internal(error.to_string()))? && known)
    }

    async fn turn(&self) -> Result<(SemaphorePermit<'_>, SemaphorePermit<'_>), Error> {
        let place = self.under_way.try_acquire().map_err(|_| Error::Overloaded)?;
        let turn = self.running.acquire().await.map_err(|error| Error::Internal(error.to_string()))?;
        Ok((place, turn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_by_its_argon2id_hash_only() {
        let hashing = Hashing::new();
        let right = Password::typed("correct horse battery");
        let hash = hashing.hash(right.clone(), [1; SALT_BYTES]).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hashing.hash(right.clone(), [2; SALT_BYTES]).await.unwrap());
        assert!(hashing.verify(right.clone(), Some(hash.clone())).await.unwrap());
        assert!(!hashing.verify(Password::typed("Correct horse battery"), Some(hash)).await.unwrap());
        assert!(!hashing.verify(right.clone(), Some("not a hash".to_owned())).await.unwrap());
        assert!(!hashing.verify(Password::typed("nobody's password"), None).await.unwrap());
    }

    #[tokio::test]
    async fn too_many_at_once_are_refused() {
        let hashing = Hashing::new();
        let _all = hashing.under_way.acquire_many(UNDER_WAY_MAX as u32).await.unwrap();
        let refused = hashing.verify(Password::typed("x"), None).await;
        assert!(matches!(refused, Err(Error::Overloaded)));
    }
}
