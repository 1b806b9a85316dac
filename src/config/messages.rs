//! How messages leave, as the operator sets it.

use std::ops::RangeInclusive;

use super::{Error, Key, Reader, Setting, value};
use crate::{
    domain::receivers::Receivers,
    notify::{MailBy, Settings, Smtp, SmtpPassword},
};

const PORT: RangeInclusive<u32> = 1..=65_535;
/// What is shown instead of a value that is not set, and instead of a password.
const NOT_SET: &str = "(not set)";
const HIDDEN: &str = "(set)";

/// Reads and checks what belongs to messages.
pub(super) fn read(reader: &mut Reader) -> Option<Settings> {
    let private = reader.take(Key::AllowPrivateReceivers, value::yes_no);
    let host = reader.take(Key::SmtpHost, value::optional);
    let port = reader.whole(Key::SmtpPort, &PORT);
    let tls = reader.take(Key::SmtpTls, value::smtp_tls);
    let user = reader.take(Key::SmtpUser, value::optional);
    let password = reader.take(Key::SmtpPassword, value::optional);
    let from = reader.take(Key::MailFrom, value::email);
    let anchors = reader.take(Key::AnchorMail, value::email);
    let receivers = if private? { Receivers::PrivateToo } else { Receivers::Public };
    let (host, port, tls) = (host?, port?, tls?);
    let (user, password, from) = (user?, password?, from?);
    let anchors = anchors?;
    let Some(host) = host else {
        return match anchors {
            Some(_) => missing(reader, Key::SmtpHost, "is required with anchor_mail"),
            None => Some(Settings { receivers, ..Settings::default() }),
        };
    };
    let login = match (user, password) {
        (Some(user), Some(password)) => Some((user, SmtpPassword(password))),
        (None, None) => None,
        (Some(_), None) => return missing(reader, Key::SmtpPassword, "is required with smtp_user"),
        (None, Some(_)) => return missing(reader, Key::SmtpUser, "is required with smtp_password"),
    };
    let Some(from) = from else { return missing(reader, Key::MailFrom, "is required with smtp_host") };
    let port = u16::try_from(port).unwrap_or_default();
    let mail = Some(MailBy::Smtp(Smtp { host, port, tls, login, from }));
    Some(Settings { receivers, mail, anchors, ..Settings::default() })
}

fn missing(reader: &mut Reader, key: Key, reason: &str) -> Option<Settings> {
    let (_, source_of) = reader.peek(key);
    reader.errors.push(Error::Value { key, source_of, reason: reason.to_owned() });
    None
}

/// Shows no password, and says what is not set.
pub(super) fn hide(settings: &mut [Setting]) {
    for setting in settings {
        if setting.shown.is_empty() {
            NOT_SET.clone_into(&mut setting.shown);
        } else if setting.key == Key::SmtpPassword {
            HIDDEN.clone_into(&mut setting.shown);
        }
    }
}
