//! People who sign in, and their sessions in browsers.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    actor::Actor,
    guessable::is_guessable,
    ids::{SessionId, UserId},
    refusal::Refusal,
    span::Instant,
    tokens::Token,
};

/// Longest login, in characters.
pub const LOGIN_CHARS_MAX: usize = 64;
/// Shortest password, in characters: long rather than intricate.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longest password, in characters: hashing must not be a way to keep the machine busy.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// How long a session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// Without a sign of its browser.
    pub idle_max: TimeDelta,
    /// At most.
    pub whole_max: TimeDelta,
}

impl SessionLife {
    /// Of a desk: a long shift and its hand-over.
    pub const DESK: Self = Self { idle_max: TimeDelta::minutes(30), whole_max: TimeDelta::hours(14) };
    /// Of who looks on where a clock runs through a night in a minute.
    pub const LOOKING_ON: Self = Self { idle_max: TimeDelta::days(7), whole_max: TimeDelta::days(7) };
}

/// How exactly signs of a browser are noted: not every request is a write.
pub const SEEN_STEP: TimeDelta = TimeDelta::minutes(1);

/// The name a person signs in with: lower-case letters, digits, `.`, `_`, `-`, `@`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

impl Login {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Login {
    type Err = Refusal;

    /// Reads a login as typed: full-width and capital letters are the same as plain ones.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let folded: String = text.trim().nfkc().collect::<String>().to_lowercase();
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-@".contains(&byte);
        if (1..=LOGIN_CHARS_MAX).contains(&folded.len()) && folded.bytes().all(known) {
            return Ok(Self(folded));
        }
        Err(Refusal::field(
            "login",
            format!("must be 1 to {LOGIN_CHARS_MAX} letters a to z, digits, '.', '_', '-' or '@'"),
        ))
    }
}

impl TryFrom<String> for Login {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

impl std::fmt::Display for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A password as typed, on its way to be hashed. Never shown, never kept.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// A password to be set: long enough, not the login, and not among the first that are guessed.
    pub fn new(text: &str, login: &Login) -> Result<Self, Refusal> {
        let password = Self::typed(text);
        let chars = password.0.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&chars) {
            return Err(Refusal::field(
                "password",
                format!("must be {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters"),
            ));
        }
        let first = password.0.chars().next();
        let same = first.is_some_and(|first| password.0.chars().all(|char| char == first));
        if same || password.0.to_lowercase().contains(login.as_str()) && login.as_str().len() > 3 {
            return Err(Refusal::field(
                "password",
                "must not contain the login, nor be one character repeated",
            ));
        }
        if is_guessable(&password.0) {
            return Err(Refusal::field(
                "password",
                "is among the first that somebody would guess; choose another",
            ));
        }
        Ok(password)
    }

    /// A password to be compared: what one keyboard writes in one form, another writes in another.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self(text.chars().take(PASSWORD_CHARS_MAX + 1).nfkc().collect())
    }

    /// What is hashed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The version.
    pub version: i64,
    /// The name the person signs in with.
    pub login: Login,
    /// The token in whose name the person acts: the person's name, role and what the role is bound to.
    pub principal: Token,
    /// When the password was set; absent where there is none, and links alone sign in.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// When the person was added.
    pub created_at: DateTime<Utc>,
    /// Since when the person may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
}

impl User {
    /// Whether the person may sign in and act at `now`.
    #[must_use]
    pub fn is_live(&self, now: Instant) -> bool {
        self.disabled_at.is_none() && self.principal.is_live(now)
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.principal.actor()
    }
}

/// A browser somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// When that began.
    pub created_at: DateTime<Utc>,
    /// The last sign of the browser, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it was ended before its time.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Whether it counts at `now`.
    #[must_use]
    pub fn is_live(&self, now: Instant, life: SessionLife) -> bool {
        self.ended_at.is_none()
            && now < self.created_at + life.whole_max
            && now < self.seen_at + life.idle_max
    }

    /// Whether the sign of the browser at `now` is worth noting.
    #[must_use]
    pub fn is_stale(&self, now: Instant) -> bool {
        self.seen_at + SEEN_STEP <= now
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_login_is_one_name_however_it_is_typed() {
        assert_eq!("  Ｓato.Ken ".parse::<Login>().unwrap().as_str(), "sato.ken");
        for wrong in ["", " ", "佐藤", "a b", &"a".repeat(65)] {
            assert!(wrong.parse::<Login>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_login() {
        let login: Login = "sato".parse().unwrap();
        for wrong in ["short", "aaaaaaaaaaaaaaaa", "my-SATO-password", "password1234", &"x1".repeat(101)] {
            assert!(Password::new(wrong, &login).is_err(), "{wrong}");
        }
        assert!(Password::new("correct horse battery", &login).is_ok());
        assert!(Password::new("かけつけ受付窓口の合言葉です", &login).is_ok());
        assert_eq!(Password::typed("ｐａｓｓ").bytes(), b"pass");
        assert_eq!(format!("{:?}", Password::typed("secret")), "Password");
    }

    #[test]
    fn a_session_ends_by_idling_by_age_and_by_hand() {
        let began = at("2026-11-22T12:00:00Z");
        let session = Session {
            id: Uuid::from_u128(1).into(),
            user_id: Uuid::from_u128(2).into(),
            created_at: began,
            seen_at: began,
            ended_at: None,
        };
        assert!(session.is_live(at("2026-11-22T12:29:59Z"), SessionLife::DESK));
        assert!(!session.is_live(at("2026-11-22T12:30:00Z"), SessionLife::DESK));
        let busy = Session { seen_at: at("2026-11-23T01:59:00Z"), ..session.clone() };
        assert!(busy.is_live(at("2026-11-23T01:59:59Z"), SessionLife::DESK));
        assert!(!busy.is_live(at("2026-11-23T02:00:00Z"), SessionLife::DESK));
        assert!(!Session { ended_at: Some(began), ..session.clone() }.is_live(began, SessionLife::DESK));
        assert!(
            !session.is_stale(at("2026-11-22T12:00:59Z")) && session.is_stale(at("2026-11-22T12:01:00Z"))
        );
    }
}
