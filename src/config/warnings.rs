//! What is allowed, and seldom meant.

use std::{net::SocketAddr, path::Path};

use super::Source;
use crate::{
    domain::receivers::Receivers,
    notify::{MailBy, Settings, SmtpTls},
};

/// What to tell the operator.
pub(super) fn warnings(listen: SocketAddr, database_url: &str, url_from: &Source) -> Vec<String> {
    let mut warnings = Vec::new();
    if !listen.ip().is_loopback() {
        warnings.push(format!(
            "listen: {listen} can be reached from other machines, without TLS; put a proxy with TLS in front of it"
        ));
    }
    if holds_password(database_url) {
        match url_from {
            Source::Flag(_) => warnings.push(
                "database_url: every user of this machine can read the password in a flag; use the file or the \
                 environment"
                    .to_owned(),
            ),
            Source::File(_, path) if others_may_read(path) => warnings.push(format!(
                "database_url: other users of this machine can read the password in {}; chmod 600 it",
                path.display()
            )),
            _ => {}
        }
    }
    if goes_unencrypted(database_url) {
        warnings.push(
            "database_url: the way to the database may be unencrypted; add ?sslmode=verify-full, or require"
                .to_owned(),
        );
    }
    warnings
}

/// What to tell the operator about messages.
pub(super) fn of_messages(messages: &Settings, password_from: &Source) -> Vec<String> {
    let mut warnings = Vec::new();
    if messages.receivers == Receivers::PrivateToo {
        warnings.push(
            "allow_private_receivers: whoever may make a webhook can make the service speak to its own network"
                .to_owned(),
        );
    }
    let Some(MailBy::Smtp(smtp)) = &messages.mail else { return warnings };
    if smtp.tls == SmtpTls::None && !is_local(&smtp.host) {
        warnings.push(
            "smtp_tls: letters and password go to the mail server unencrypted; use starttls or tls"
                .to_owned(),
        );
    }
    match password_from {
        Source::Flag(_) => warnings.push(
            "smtp_password: every user of this machine can read the password in a flag; use the file or the \
             environment"
                .to_owned(),
        ),
        Source::File(_, path) if others_may_read(path) => warnings.push(format!(
            "smtp_password: other users of this machine can read the password in {}; chmod 600 it",
            path.display()
        )),
        _ => {}
    }
    warnings
}

/// What to tell the operator about files with people's data that are there already.
pub(super) fn of_files(database: Option<&Path>, evidence: &Path) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(file) = database.filter(|file| others_may_read(file)) {
        warnings.push(format!(
            "database_url: other users of this machine can read everybody's data in {0}; chmod 600 {0}*",
            file.display()
        ));
    }
    if others_may_read(evidence) {
        warnings.push(format!(
            "evidence_folder: other users of this machine can read the pictures in {0}; chmod 700 {0}",
            evidence.display()
        ));
    }
    warnings
}

fn is_local(host: &str) -> bool {
    ["localhost", "127.0.0.1", "::1"].contains(&host)
}

fn holds_password(url: &str) -> bool {
    let authority =
        url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.contains("password=")
}

fn goes_unencrypted(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| scheme.starts_with("postgres")) else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let local =
        ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| host.starts_with(local)) || host.is_empty();
    let encrypted = ["require", "verify-ca", "verify-full"];
    !local && !encrypted.iter().any(|mode| rest.contains(&format!("sslmode={mode}")))
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Key;

    #[test]
    fn a_password_is_seen() {
        assert!(holds_password("postgres://desk:s3cret@db.example/kaketsuke"));
        assert!(holds_password("postgres://db.example/kaketsuke?user=desk&password=s3cret"));
        assert!(!holds_password("postgres://desk@db.example:5432/kaketsuke"));
        assert!(!holds_password("sqlite:kaketsuke.db"));
    }

    #[test]
    fn an_unencrypted_way_is_seen() {
        assert!(goes_unencrypted("postgres://desk@db.example:5432/kaketsuke"));
        assert!(goes_unencrypted("postgresql://db.example/kaketsuke?sslmode=prefer"));
        assert!(!goes_unencrypted("postgres://desk@db.example/kaketsuke?sslmode=verify-full"));
        assert!(!goes_unencrypted("postgres://desk@localhost/kaketsuke"));
        assert!(!goes_unencrypted("postgres:///kaketsuke?host=/var/run/postgresql"));
        assert!(!goes_unencrypted("sqlite:kaketsuke.db"));
    }

    #[cfg(unix)]
    #[test]
    fn data_that_others_may_read_is_warned_of() {
        use std::{
            fs::{Permissions, set_permissions},
            os::unix::fs::PermissionsExt as _,
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kaketsuke.db");
        std::fs::write(&file, "").unwrap();
        for (of_file, of_folder, number) in [(0o644, 0o755, 2), (0o640, 0o700, 1), (0o600, 0o700, 0)] {
            set_permissions(&file, Permissions::from_mode(of_file)).unwrap();
            set_permissions(folder.path(), Permissions::from_mode(of_folder)).unwrap();
            assert_eq!(of_files(Some(&file), folder.path()).len(), number, "{of_file:o} {of_folder:o}");
        }
        assert!(of_files(None, &folder.path().join("none")).is_empty());
        assert!(of_files(Some(&folder.path().join("none")), folder.path()).is_empty());
    }

    #[test]
    fn only_what_is_doubtful_is_warned_of() {
        let flag = Source::Flag(Key::DatabaseUrl);
        let local = "127.0.0.1:8080".parse().unwrap();
        assert!(warnings(local, "sqlite:kaketsuke.db", &flag).is_empty());
        assert_eq!(warnings("0.0.0.0:80".parse().unwrap(), "sqlite:kaketsuke.db", &flag).len(), 1);
        assert_eq!(warnings(local, "postgres://u:s3cret@localhost/k", &flag).len(), 1);
        let environment = Source::Environment(Key::DatabaseUrl);
        assert!(warnings(local, "postgres://u:s3cret@localhost/k", &environment).is_empty());
    }
}
