//! Which value wins, and what an error says.

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::{
    domain::receivers::Receivers,
    notify::{MailBy, SmtpTls},
};

fn given(directory: &Path, variables: &[(&str, &str)], flags: &[(Key, &str)]) -> Given {
    Given {
        file: None,
        flags: flags.iter().map(|(key, text)| (*key, (*text).to_owned())).collect(),
        environment: variables.iter().map(|(name, text)| (name.into(), text.into())).collect(),
        directory: directory.to_owned(),
    }
}

fn folder(file: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kaketsuke.toml"), file).unwrap();
    folder
}

fn setting(config: &Config, key: Key) -> (String, String) {
    let setting = config.settings.iter().find(|setting| setting.key == key).unwrap();
    (setting.shown.clone(), setting.source.to_string())
}

fn complaints(given: &Given) -> Vec<String> {
    Config::load(given).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn without_anything_given_the_defaults_hold() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::load(&given(folder.path(), &[("PATH", "/bin")], &[])).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database_url.to_string(), "sqlite:kaketsuke.db");
    assert_eq!(config.database_connections, 8);
    assert_eq!(config.limits.request_timeout, Limits::default().request_timeout);
    assert_eq!(config.log_format, LogFormat::Text);
    assert_eq!(config.settings.len(), Key::ALL.len());
    assert!(config.settings.iter().all(|setting| setting.source == Source::Default));
    assert!(config.warnings.is_empty());
}

#[test]
fn flags_win_over_environment_over_file() {
    let folder = folder("listen = '127.0.0.1:1'\nlog_format = 'json'\nrequests_max = 7\n");
    let variables = [("KAKETSUKE_LISTEN", "127.0.0.1:2"), ("KAKETSUKE_LOG_FORMAT", "text")];
    let config = Config::load(&given(folder.path(), &variables, &[(Key::Listen, "127.0.0.1:3")])).unwrap();
    let file = folder.path().join("kaketsuke.toml");
    assert_eq!(setting(&config, Key::Listen), ("127.0.0.1:3".into(), "flag --listen".into()));
    assert_eq!(setting(&config, Key::LogFormat), ("text".into(), "environment KAKETSUKE_LOG_FORMAT".into()));
    let from = format!("file {}, key requests_max", file.display());
    assert_eq!(setting(&config, Key::RequestsMax), ("7".into(), from));
    assert_eq!((config.listen.port(), config.limits.requests_max), (3, 7));
}

#[test]
fn a_file_can_be_named_by_flag_or_environment() {
    let folder = folder("listen = '127.0.0.1:1'");
    for (name, text) in [("a.toml", "listen = '127.0.0.1:4'"), ("b.toml", "listen = '127.0.0.1:5'")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().join("a.toml");
    let mut both = given(folder.path(), &[("KAKETSUKE_CONFIG", path.to_str().unwrap())], &[]);
    assert_eq!(Config::load(&both).unwrap().listen.port(), 4);
    both.file = Some(folder.path().join("b.toml"));
    assert_eq!(Config::load(&both).unwrap().listen.port(), 5);
    both.file = Some(folder.path().join("none.toml"));
    assert!(complaints(&both)[0].contains("none.toml cannot be read"));
}

#[test]
fn an_unknown_key_or_variable_is_named_with_the_nearest_known_one() {
    let folder = folder("lisen = '127.0.0.1:1'\n[limits]\nrequests = 3\n");
    let variables = [
        ("KAKETSUKE_LISTN", "127.0.0.1:2"),
        ("KAKETSUKE_TEST_POSTGRES", "any"),
        ("KAKETSUKE_REQUIRE_POSTGRES", "1"),
    ];
    let complaints = complaints(&given(folder.path(), &variables, &[]));
    assert_eq!(complaints.len(), 3);
    assert_eq!(
        complaints[0],
        "unknown variable 'KAKETSUKE_LISTN' in the environment; the nearest known one is 'KAKETSUKE_LISTEN'"
    );
    assert!(complaints.iter().any(|text| text.contains("'lisen'") && text.contains("'listen'")));
    assert!(complaints.iter().any(|text| text.contains("'limits'")));
}

#[test]
fn every_wrong_value_is_reported_with_key_and_source() {
    let folder = folder("requests_max = 0\nlog_filter = 5\n");
    let variables = [("KAKETSUKE_DATABASE_CONNECTIONS", "many")];
    let all = complaints(&given(folder.path(), &variables, &[(Key::Listen, "localhost")]));
    assert_eq!(all.len(), 4);
    assert!(all[0].starts_with("log_filter: expected a text in quotes, got a TOML integer (from file "));
    assert!(all[1].starts_with("listen: ") && all[1].ends_with("(from flag --listen)"));
    assert!(all[2].ends_with("got 'many' (from environment KAKETSUKE_DATABASE_CONNECTIONS)"));
    assert!(all[3].starts_with("requests_max: ") && all[3].contains("key requests_max)"));
}

#[test]
fn a_password_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let right = "postgres://desk:s3cret@db.example:5433/kaketsuke";
    let config = Config::load(&given(folder.path(), &[("KAKETSUKE_DATABASE_URL", right)], &[])).unwrap();
    assert_eq!(setting(&config, Key::DatabaseUrl).0, "postgres://db.example:5433/kaketsuke");
    assert!(!format!("{config:?}").contains("s3cret"));

    for wrong in ["postgres://desk:s3cret@db.example:port/x", "mysql://desk:s3cret@db.example/x"] {
        let error =
            Config::load(&given(folder.path(), &[("KAKETSUKE_DATABASE_URL", wrong)], &[])).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
    for file in ["database_url = \"postgres://desk:s3cret@x\nlisten = 3", "database_url = s3cret"] {
        std::fs::write(folder.path().join("kaketsuke.toml"), file).unwrap();
        let error = Config::load(&given(folder.path(), &[], &[])).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
}

#[test]
fn without_a_mail_server_nothing_is_mailed_and_webhooks_stay_outside() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::load(&given(folder.path(), &[], &[])).unwrap();
    assert_eq!(config.messages.receivers, Receivers::Public);
    assert!(config.messages.mail.is_none());
    assert_eq!(setting(&config, Key::SmtpHost).0, "(not set)");
}

#[test]
fn a_mail_server_is_read_and_its_password_never_shown() {
    let folder = folder(
        "smtp_host = 'mail.example.jp'\nsmtp_port = 465\nsmtp_tls = 'tls'\nallow_private_receivers = true\n",
    );
    let variables = [
        ("KAKETSUKE_SMTP_USER", "center"),
        ("KAKETSUKE_SMTP_PASSWORD", "s3cret"),
        ("KAKETSUKE_MAIL_FROM", "center@example.jp"),
    ];
    let config = Config::load(&given(folder.path(), &variables, &[])).unwrap();
    let Some(MailBy::Smtp(smtp)) = &config.messages.mail else { panic!("{config:?}") };
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("mail.example.jp", 465, SmtpTls::Tls));
    assert_eq!((smtp.from.as_str(), config.messages.receivers), ("center@example.jp", Receivers::PrivateToo));
    assert_eq!(smtp.login.as_ref().unwrap().1.0, "s3cret");
    assert_eq!(setting(&config, Key::SmtpPassword).0, "(set)");
    assert!(!format!("{config:?}").contains("s3cret"));
    assert_eq!(config.warnings.len(), 1, "{:?}", config.warnings);
    let flag = given(folder.path(), &variables, &[(Key::SmtpPassword, "s3cret"), (Key::SmtpTls, "none")]);
    let warnings = Config::load(&flag).unwrap().warnings.join(" ");
    assert!(warnings.contains("smtp_password: every user") && warnings.contains("smtp_tls: "), "{warnings}");
    assert!(!warnings.contains("s3cret"));
}

#[test]
fn half_a_mail_server_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let host = (Key::SmtpHost, "mail.example.jp");
    let from = (Key::MailFrom, "center@example.jp");
    for (flags, named) in [
        (vec![host], "mail_from: is required with smtp_host"),
        (vec![(Key::AnchorMail, "audit@example.jp")], "smtp_host: is required with anchor_mail"),
        (vec![host, from, (Key::AnchorMail, "audit")], "anchor_mail: must be one e-mail address"),
        (vec![host, from, (Key::SmtpUser, "u")], "smtp_password: is required with smtp_user"),
        (vec![host, from, (Key::SmtpPassword, "s3cret")], "smtp_user: is required with smtp_password"),
        (vec![host, (Key::MailFrom, "center")], "mail_from: must be one e-mail address"),
        (vec![host, from, (Key::SmtpTls, "ssl")], "smtp_tls: "),
        (vec![host, from, (Key::SmtpPort, "0")], "smtp_port: "),
        (vec![(Key::AllowPrivateReceivers, "yes")], "allow_private_receivers: expected true or false"),
    ] {
        let complaints = complaints(&given(folder.path(), &[], &flags));
        assert!(complaints.len() == 1 && complaints[0].starts_with(named), "{named}: {complaints:?}");
        assert!(!complaints[0].contains("s3cret"), "{complaints:?}");
    }
}

#[test]
fn pictures_lie_beside_the_database_unless_said_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let lies = |flags: &[(Key, &str)]| {
        let config = Config::load(&given(folder.path(), &[], flags)).unwrap();
        assert_eq!(setting(&config, Key::EvidenceFolder).0, config.evidence_folder.display().to_string());
        config.evidence_folder.display().to_string()
    };
    assert_eq!(lies(&[]), "kaketsuke.db.evidence");
    assert_eq!(lies(&[(Key::DatabaseUrl, "sqlite:/var/lib/night.db")]), "/var/lib/night.db.evidence");
    // Two databases never share a folder by default.
    assert_eq!(lies(&[(Key::DatabaseUrl, "postgres://host/night")]), "night.evidence");
    assert_eq!(lies(&[(Key::EvidenceFolder, "/srv/pictures")]), "/srv/pictures");
}
