//! E-mail by SMTP: plain text in UTF-8. No header can be smuggled in: addresses are parsed, and a subject is one line.

use std::time::{Duration, SystemTime};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    address::AddressError,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        self,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use super::{
    Error,
    settings::{MailBy, Outbox, Smtp, SmtpTls},
};
use crate::domain::messages::{AttemptCode, Mail, Outcome};

/// Sends e-mail.
pub(super) enum Mailer {
    Smtp { transport: Box<AsyncSmtpTransport<Tokio1Executor>>, from: Mailbox, host: String },
    Memory(Outbox),
}

impl Mailer {
    pub(super) fn new(by: MailBy, timeout: Duration) -> Result<Self, Error> {
        match by {
            MailBy::Memory(outbox) => Ok(Self::Memory(outbox)),
            MailBy::Smtp(smtp) => {
                let from = Mailbox::new(None, smtp.from.as_str().parse::<Address>()?);
                let host = smtp.from.host().to_owned();
                Ok(Self::Smtp { transport: Box::new(transport(smtp, timeout)?), from, host })
            }
        }
    }

    /// Hands a letter to the mail server.
    pub(super) async fn send(&self, mail: Mail) -> Outcome {
        match self {
            Self::Memory(outbox) => {
                outbox.keep(mail);
                Outcome::of(AttemptCode::Delivered)
            }
            Self::Smtp { transport, from, host } => match letter(mail, from.clone(), host) {
                Ok(letter) => match transport.send(letter).await {
                    Ok(_) => Outcome::of(AttemptCode::Delivered),
                    Err(error) => refused(&error),
                },
                Err(_) => Outcome::of(AttemptCode::Rejected),
            },
        }
    }
}

fn transport(smtp: Smtp, timeout: Duration) -> Result<AsyncSmtpTransport<Tokio1Executor>, smtp::Error> {
    let tls = match smtp.tls {
        SmtpTls::StartTls => Tls::Required(TlsParameters::new(smtp.host.clone())?),
        SmtpTls::Tls => Tls::Wrapper(TlsParameters::new(smtp.host.clone())?),
        SmtpTls::None => Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(smtp.host)
        .port(smtp.port)
        .tls(tls)
        .timeout(Some(timeout));
    if let Some((user, password)) = smtp.login {
        builder = builder.credentials(Credentials::new(user, password.0));
    }
    Ok(builder.build())
}

/// A letter that cannot be written.
#[derive(Debug, thiserror::Error)]
enum BadLetter {
    #[error("the address cannot be written to")]
    Address(#[from] AddressError),
    #[error("the letter cannot be written")]
    Message(#[from] lettre::error::Error),
}

fn letter(mail: Mail, from: Mailbox, host: &str) -> Result<Message, BadLetter> {
    let to = Mailbox::new(None, mail.to.as_str().parse::<Address>()?);
    let subject: String =
        mail.subject.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    let letter = Message::builder()
        .from(from)
        .to(to)
        .subject(subject)
        .date(SystemTime::from(mail.at))
        // The same at each attempt, so that a letter sent twice can be told.
        .message_id(Some(format!("<{}@{host}>", mail.id)))
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text)?;
    Ok(letter)
}

fn refused(error: &smtp::Error) -> Outcome {
    let code = if error.is_permanent() {
        AttemptCode::Rejected
    } else if error.is_transient() {
        AttemptCode::Deferred
    } else if error.is_timeout() {
        AttemptCode::Timeout
    } else if error.is_response() || error.is_client() {
        AttemptCode::Failed
    } else {
        AttemptCode::Unreachable
    };
    Outcome { code, status: error.status().map(u16::from) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::MessageId;

    #[test]
    fn a_letter_has_one_header_of_each_kind_whatever_its_subject() {
        let mail = Mail {
            id: MessageId(Uuid::from_u128(1)),
            to: "desk@example.jp".to_owned().try_into().unwrap(),
            at: "2026-11-22T12:00:00Z".parse().unwrap(),
            subject: "至急\r\nBcc: other@example.jp\r\n\r\nx".to_owned(),
            text: "本文です。\n.\nおわり\n".to_owned(),
        };
        let from = Mailbox::new(None, "center@example.jp".parse().unwrap());
        let letter = String::from_utf8(letter(mail, from, "example.jp").unwrap().formatted()).unwrap();
        let (head, _) = letter.split_once("\r\n\r\n").unwrap();
        let names: Vec<_> = head
            .split("\r\n")
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| line.split_once(':').map(|(name, _)| name))
            .collect();
        for name in ["From", "To", "Subject", "Date", "Message-ID", "Content-Type"] {
            assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}\n{head}");
        }
        assert!(!names.contains(&"Bcc"), "{head}");
        assert!(head.contains("Sun, 22 Nov 2026 12:00:00 +0000"), "{head}");
        assert!(head.contains("charset=utf-8") && head.contains("=?utf-8?b?"), "{head}");
    }
}
