//! Channels: how a message leaves the service. Each takes what is to be sent and tells what became of it; none knows the
//! database, and none waits longer than it may.

mod guard;
mod mail;
mod settings;
mod signature;
mod webhook;

use std::time::Duration;

pub use settings::{MailBy, Outbox, Settings, Smtp, SmtpPassword, SmtpTls};

use crate::domain::messages::{AttemptCode, Outcome, Outgoing};
use mail::Mailer;
use webhook::Webhooks;

/// Every channel of one node.
pub struct Channels {
    webhooks: Webhooks,
    mailer: Option<Mailer>,
    timeout: Duration,
}

/// A channel that cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// HTTP.
    #[error("cannot set up webhooks")]
    Webhooks(#[from] reqwest::Error),
    /// E-mail.
    #[error("cannot set up e-mail")]
    Mail(#[from] lettre::transport::smtp::Error),
    /// The sender's address.
    #[error("cannot send e-mail from this address")]
    From(#[from] lettre::address::AddressError),
}

impl Channels {
    /// Sets up the channels.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Ok(Self {
            webhooks: Webhooks::new(settings.receivers, settings.timeout)?,
            mailer: settings.mail.map(|by| Mailer::new(by, settings.timeout)).transpose()?,
            timeout: settings.timeout,
        })
    }

    /// Whether e-mail can be sent.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Sends; tells what became of it, in time.
    pub async fn send(&self, outgoing: Outgoing) -> Outcome {
        let sending = async {
            match (outgoing, &self.mailer) {
                (Outgoing::Webhook(call), _) => self.webhooks.post(call).await,
                (Outgoing::Mail(mail), Some(mailer)) => mailer.send(mail).await,
                (Outgoing::Mail(_), None) => Outcome::of(AttemptCode::NotConfigured),
            }
        };
        tokio::time::timeout(self.timeout, sending).await.unwrap_or(Outcome::of(AttemptCode::Timeout))
    }
}
