//! The flags that are configuration. Their texts are checked with those of file and environment, in one place.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};

use crate::{
    app,
    config::{Given, Key},
    domain::{refusal::Refusal, text_enum::UnknownCode},
};

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Common {
    /// Configuration file [env: KAKETSUKE_CONFIG] [default: kaketsuke.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// sqlite:PATH or postgres://USER@HOST/DATABASE [env: KAKETSUKE_DATABASE_URL] [default: sqlite:kaketsuke.db]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// Parallel readers (SQLite) or connections (PostgreSQL) [env: KAKETSUKE_DATABASE_CONNECTIONS] [default: 8]
    #[arg(long, global = true, value_name = "NUMBER")]
    database_connections: Option<String>,
    /// Seconds to wait for what another session holds (PostgreSQL) [env: KAKETSUKE_DATABASE_LOCK_TIMEOUT_S] [default: 5]
    #[arg(long, global = true, value_name = "SECONDS")]
    database_lock_timeout_s: Option<String>,
    /// Seconds of silence in a transaction (PostgreSQL) [env: KAKETSUKE_DATABASE_SILENCE_TIMEOUT_S] [default: 4]
    #[arg(long, global = true, value_name = "SECONDS")]
    database_silence_timeout_s: Option<String>,
    /// Seconds a statement may take (PostgreSQL) [env: KAKETSUKE_DATABASE_STATEMENT_TIMEOUT_S] [default: 30]
    #[arg(long, global = true, value_name = "SECONDS")]
    database_statement_timeout_s: Option<String>,
    /// Folder for pictures from the site [env: KAKETSUKE_EVIDENCE_FOLDER] [default: beside the database]
    #[arg(long, global = true, value_name = "FOLDER")]
    evidence_folder: Option<String>,
    /// text or json, on standard error [env: KAKETSUKE_LOG_FORMAT] [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// LEVEL or TARGET=LEVEL, comma-separated [env: KAKETSUKE_LOG_FILTER] [default: warn,kaketsuke=info]
    #[arg(long, global = true, value_name = "FILTER")]
    log_filter: Option<String>,
}

/// What a command that serves takes besides.
#[derive(Debug, Args)]
pub(super) struct Serving {
    /// Address and port to listen on [env: KAKETSUKE_LISTEN] [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// MiB that should be free on the disks of database file and pictures; 0: nobody is told
    /// [env: KAKETSUKE_DISK_FREE_MIN_MIB] [default: 1024]
    #[arg(long, value_name = "NUMBER")]
    disk_free_min_mib: Option<String>,
    /// File to which the head of the log is written each night [env: KAKETSUKE_ANCHOR_FILE]
    #[arg(long, value_name = "FILE")]
    anchor_file: Option<String>,
    /// Address to which it is mailed each night; needs smtp_host [env: KAKETSUKE_ANCHOR_MAIL]
    #[arg(long, value_name = "ADDRESS")]
    anchor_mail: Option<String>,
    /// Bytes of a request's body at most [env: KAKETSUKE_BODY_BYTES_MAX] [default: 1048576]
    #[arg(long, value_name = "NUMBER")]
    body_bytes_max: Option<String>,
    /// Requests under way at once at most [env: KAKETSUKE_REQUESTS_MAX] [default: 512]
    #[arg(long, value_name = "NUMBER")]
    requests_max: Option<String>,
    /// Seconds a request may take [env: KAKETSUKE_REQUEST_TIMEOUT_S] [default: 30]
    #[arg(long, value_name = "SECONDS")]
    request_timeout_s: Option<String>,
    /// Connections at once at most [env: KAKETSUKE_CONNECTIONS_MAX] [default: 800]
    #[arg(long, value_name = "NUMBER")]
    connections_max: Option<String>,
    /// Seconds the header of a request may take [env: KAKETSUKE_HEADER_TIMEOUT_S] [default: 10]
    #[arg(long, value_name = "SECONDS")]
    header_timeout_s: Option<String>,
    /// Seconds a connection may be silent between two requests [env: KAKETSUKE_KEEP_ALIVE_S] [default: 75]
    #[arg(long, value_name = "SECONDS")]
    keep_alive_s: Option<String>,
    /// Addresses and networks of proxies elsewhere whose X-Forwarded-For and -Proto are believed, comma-separated
    /// [env: KAKETSUKE_TRUSTED_PROXIES]
    #[arg(long, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Seconds something may be late before /readyz is red [env: KAKETSUKE_READY_LATE_S] [default: 30]
    #[arg(long, value_name = "SECONDS")]
    ready_late_s: Option<String>,
    /// Whether webhooks may go to private networks [env: KAKETSUKE_ALLOW_PRIVATE_RECEIVERS] [default: false]
    #[arg(long, value_name = "true|false")]
    allow_private_receivers: Option<String>,
    /// Name of the mail server; without one nothing is mailed [env: KAKETSUKE_SMTP_HOST]
    #[arg(long, value_name = "HOST")]
    smtp_host: Option<String>,
    /// Port of the mail server [env: KAKETSUKE_SMTP_PORT] [default: 587]
    #[arg(long, value_name = "NUMBER")]
    smtp_port: Option<String>,
    /// starttls, tls or none [env: KAKETSUKE_SMTP_TLS] [default: starttls]
    #[arg(long, value_name = "WAY")]
    smtp_tls: Option<String>,
    /// User of the mail server [env: KAKETSUKE_SMTP_USER]
    #[arg(long, value_name = "NAME")]
    smtp_user: Option<String>,
    /// Password of that user; better in the file or the environment [env: KAKETSUKE_SMTP_PASSWORD]
    #[arg(long, value_name = "PASSWORD")]
    smtp_password: Option<String>,
    /// Address e-mail is sent from [env: KAKETSUKE_MAIL_FROM]
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Address of a map tile, with {z}, {x} and {y}; outlines only without one [env: KAKETSUKE_TILE_URL]
    #[arg(long, value_name = "URL")]
    tile_url: Option<String>,
    /// Whom the map names for the tiles [env: KAKETSUKE_TILE_ATTRIBUTION]
    #[arg(long, value_name = "TEXT")]
    tile_attribution: Option<String>,
}

/// A value given by flag.
pub(super) type Value = (Key, String);

impl Common {
    /// All that is given to this process; `values` come from the command's own flags.
    pub(super) fn given(&self, mut values: Vec<Value>) -> anyhow::Result<Given> {
        let common: Vec<_> = set([
            (Key::DatabaseUrl, &self.database_url),
            (Key::DatabaseConnections, &self.database_connections),
            (Key::DatabaseLockTimeoutS, &self.database_lock_timeout_s),
            (Key::DatabaseSilenceTimeoutS, &self.database_silence_timeout_s),
            (Key::DatabaseStatementTimeoutS, &self.database_statement_timeout_s),
            (Key::EvidenceFolder, &self.evidence_folder),
            (Key::LogFormat, &self.log_format),
            (Key::LogFilter, &self.log_filter),
        ])
        .collect();
        // What the operator says comes before what the command would choose.
        values.retain(|(key, _)| common.iter().all(|(said, _)| said != key));
        values.extend(common);
        Ok(Given {
            file: self.config.clone(),
            flags: values,
            environment: std::env::vars_os().collect(),
            directory: std::env::current_dir().context("there is no current folder")?,
        })
    }
}

impl Serving {
    /// What is given.
    pub(super) fn values(&self) -> Vec<Value> {
        let values = [
            (Key::Listen, &self.listen),
            (Key::DiskFreeMinMib, &self.disk_free_min_mib),
            (Key::AnchorFile, &self.anchor_file),
            (Key::AnchorMail, &self.anchor_mail),
            (Key::BodyBytesMax, &self.body_bytes_max),
            (Key::RequestsMax, &self.requests_max),
            (Key::RequestTimeoutS, &self.request_timeout_s),
            (Key::ConnectionsMax, &self.connections_max),
            (Key::HeaderTimeoutS, &self.header_timeout_s),
            (Key::KeepAliveS, &self.keep_alive_s),
            (Key::TrustedProxies, &self.trusted_proxies),
            (Key::ReadyLateS, &self.ready_late_s),
            (Key::AllowPrivateReceivers, &self.allow_private_receivers),
            (Key::SmtpHost, &self.smtp_host),
            (Key::SmtpPort, &self.smtp_port),
            (Key::SmtpTls, &self.smtp_tls),
            (Key::SmtpUser, &self.smtp_user),
            (Key::SmtpPassword, &self.smtp_password),
            (Key::MailFrom, &self.mail_from),
            (Key::TileUrl, &self.tile_url),
            (Key::TileAttribution, &self.tile_attribution),
        ];
        set(values).collect()
    }
}

/// Those that are set.
pub(super) fn set<'f, const N: usize>(
    values: [(Key, &'f Option<String>); N],
) -> impl Iterator<Item = Value> + use<'f, N> {
    values.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)))
}

/// Reads a code of a closed vocabulary; the help lists them all.
pub(super) fn code<T>(all: &[T], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T> + use<T>
where
    T: std::str::FromStr<Err = UnknownCode> + Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.iter().map(|one| name(*one))).try_map(|code| code.parse::<T>())
}

/// The same refusal in the words of the command line.
pub(super) fn in_flags(error: app::Error) -> anyhow::Error {
    match error {
        app::Error::Refused(Refusal::Invalid(fields)) => {
            let flag = |field: &str| format!("--{}", field.trim_end_matches("_id"));
            let reasons: Vec<_> =
                fields.iter().map(|error| format!("{}: {}", flag(&error.field), error.message)).collect();
            anyhow::Error::msg(reasons.join("; "))
        }
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_flag() {
        let refusal = Refusal::field("firm_id", "is required for the role firm");
        assert_eq!(in_flags(refusal.into()).to_string(), "--firm: is required for the role firm");
    }
}
