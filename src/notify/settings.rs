//! What the operator sets about messages.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::domain::{email::EmailAddress, messages::Mail, receivers::Receivers, text_enum::text_enum};

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the operator sets about messages.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where webhooks may go.
    pub receivers: Receivers,
    /// By what e-mail goes; nothing is mailed when absent.
    pub mail: Option<MailBy>,
    /// Who is mailed the head of the log each night (G-12).
    pub anchors: Option<EmailAddress>,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { receivers: Receivers::Public, mail: None, anchors: None, timeout: TIMEOUT }
    }
}

/// By what e-mail goes.
#[derive(Debug, Clone)]
pub enum MailBy {
    /// A mail server.
    Smtp(Smtp),
    /// Nowhere: kept in memory, for tests.
    Memory(Outbox),
}

text_enum! {
    /// How the way to the mail server is secured.
    pub enum SmtpTls("way to secure SMTP") {
        /// In plain at first, then TLS, which the server must offer.
        StartTls = "starttls",
        /// TLS from the start.
        Tls = "tls",
        /// Not at all: for a mail server on this machine.
        None = "none",
    }
}

/// A password of the mail server. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpPassword(pub String);

impl std::fmt::Debug for SmtpPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmtpPassword(…)")
    }
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is secured.
    pub tls: SmtpTls,
    /// User and password.
    pub login: Option<(String, SmtpPassword)>,
    /// Who writes.
    pub from: EmailAddress,
}

/// E-mails kept in memory. Cheap to clone: every clone sees the same ones.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Mutex<Vec<Mail>>>);

impl Outbox {
    /// What was sent, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep(&self, mail: Mail) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
    }
}
