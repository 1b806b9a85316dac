//! The keys: each is a line of the file, an environment variable and a flag, under one name.

use crate::{domain::text_enum::text_enum, http::Limits, store::Patience};

text_enum! {
    /// What can be set.
    pub enum Key("configuration key") {
        /// Address and port to listen on.
        Listen = "listen",
        /// Where the data lives.
        DatabaseUrl = "database_url",
        /// Parallel readers (SQLite) or connections (PostgreSQL).
        DatabaseConnections = "database_connections",
        /// Seconds a statement waits for what another session holds.
        DatabaseLockTimeoutS = "database_lock_timeout_s",
        /// Seconds a session may be silent in a transaction before the server ends it.
        DatabaseSilenceTimeoutS = "database_silence_timeout_s",
        /// Seconds a statement may take.
        DatabaseStatementTimeoutS = "database_statement_timeout_s",
        /// Where the pictures lie; beside the database, when empty.
        EvidenceFolder = "evidence_folder",
        /// MiB that should be free on each disk; nobody is told of any, when 0.
        DiskFreeMinMib = "disk_free_min_mib",
        /// File to which the head of the log is written each night; none, when empty.
        AnchorFile = "anchor_file",
        /// Address to which it is mailed each night; nobody, when empty.
        AnchorMail = "anchor_mail",
        /// Bytes of a request's body.
        BodyBytesMax = "body_bytes_max",
        /// Requests under way at once.
        RequestsMax = "requests_max",
        /// Seconds a request may take.
        RequestTimeoutS = "request_timeout_s",
        /// Connections at once.
        ConnectionsMax = "connections_max",
        /// Seconds the header of a request may take.
        HeaderTimeoutS = "header_timeout_s",
        /// Seconds a connection may be silent between two requests.
        KeepAliveS = "keep_alive_s",
        /// Proxies whose word about the client is believed.
        TrustedProxies = "trusted_proxies",
        /// Seconds something may be done too late before the service says that it is not ready.
        ReadyLateS = "ready_late_s",
        /// Whether webhooks may go to private networks and this machine.
        AllowPrivateReceivers = "allow_private_receivers",
        /// Name of the mail server.
        SmtpHost = "smtp_host",
        /// Its port.
        SmtpPort = "smtp_port",
        /// How the way to it is secured.
        SmtpTls = "smtp_tls",
        /// User of the mail server.
        SmtpUser = "smtp_user",
        /// Password of that user.
        SmtpPassword = "smtp_password",
        /// Address e-mail is sent from.
        MailFrom = "mail_from",
        /// Address of a map tile; no tiles, when empty.
        TileUrl = "tile_url",
        /// Whom the map names for them.
        TileAttribution = "tile_attribution",
        /// How log lines are written.
        LogFormat = "log_format",
        /// Which log lines are written.
        LogFilter = "log_filter",
    }
}

/// What every variable of ours begins with.
pub(super) const VARIABLE_PREFIX: &str = "KAKETSUKE_";

/// How a value is written in the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Whole,
    YesNo,
}

impl Key {
    /// The environment variable, as in `KAKETSUKE_LISTEN`.
    #[must_use]
    pub fn variable(self) -> String {
        format!("{VARIABLE_PREFIX}{}", self.as_str().to_ascii_uppercase())
    }

    /// The flag, as in `--listen`.
    #[must_use]
    pub fn flag(self) -> String {
        format!("--{}", self.as_str().replace('_', "-"))
    }

    pub(super) fn form(self) -> Form {
        match self {
            Self::Listen
            | Self::DatabaseUrl
            | Self::EvidenceFolder
            | Self::TrustedProxies
            | Self::AnchorFile
            | Self::AnchorMail
            | Self::SmtpHost
            | Self::SmtpTls
            | Self::SmtpUser
            | Self::SmtpPassword
            | Self::MailFrom
            | Self::TileUrl
            | Self::TileAttribution
            | Self::LogFormat
            | Self::LogFilter => Form::Text,
            Self::DatabaseConnections
            | Self::DatabaseLockTimeoutS
            | Self::DatabaseSilenceTimeoutS
            | Self::DatabaseStatementTimeoutS
            | Self::DiskFreeMinMib
            | Self::BodyBytesMax
            | Self::RequestsMax
            | Self::RequestTimeoutS
            | Self::ConnectionsMax
            | Self::HeaderTimeoutS
            | Self::KeepAliveS
            | Self::ReadyLateS
            | Self::SmtpPort => Form::Whole,
            Self::AllowPrivateReceivers => Form::YesNo,
        }
    }

    /// The value where nobody has set one.
    pub(super) fn default_text(self) -> String {
        let (limits, patience) = (Limits::default(), Patience::default());
        match self {
            Self::Listen => "127.0.0.1:8080".to_owned(),
            Self::DatabaseUrl => "sqlite:kaketsuke.db".to_owned(),
            Self::DatabaseConnections => "8".to_owned(),
            Self::DatabaseLockTimeoutS => patience.lock.as_secs().to_string(),
            Self::DatabaseSilenceTimeoutS => patience.silence.as_secs().to_string(),
            Self::DatabaseStatementTimeoutS => patience.statement.as_secs().to_string(),
            Self::EvidenceFolder | Self::AnchorFile | Self::AnchorMail => String::new(),
            // Enough for days: a job takes some tens of kB.
            Self::DiskFreeMinMib => "1024".to_owned(),
            Self::BodyBytesMax => limits.body_bytes_max.to_string(),
            Self::RequestsMax => limits.requests_max.to_string(),
            Self::RequestTimeoutS => limits.request_timeout.as_secs().to_string(),
            Self::ConnectionsMax => limits.connections_max.to_string(),
            Self::HeaderTimeoutS => limits.header_timeout.as_secs().to_string(),
            Self::KeepAliveS => limits.keep_alive.as_secs().to_string(),
            // A proxy on this machine is believed without being named.
            Self::TrustedProxies => String::new(),
            Self::ReadyLateS => limits.late_max.as_secs().to_string(),
            Self::AllowPrivateReceivers => "false".to_owned(),
            // Without a mail server nothing is mailed.
            Self::SmtpHost | Self::SmtpUser | Self::SmtpPassword | Self::MailFrom => String::new(),
            // Without a server of tiles the map draws outlines only.
            Self::TileUrl | Self::TileAttribution => String::new(),
            Self::SmtpPort => "587".to_owned(),
            Self::SmtpTls => "starttls".to_owned(),
            Self::LogFormat => "text".to_owned(),
            Self::LogFilter => "warn,kaketsuke=info".to_owned(),
        }
    }
}

/// The known name that `name` is most like, with the fewest single-character edits.
pub(super) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> &'k str {
    known.min_by_key(|known| edits(name, known)).unwrap_or_default()
}

/// Characters to insert, delete or replace to make one text of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("listen", "listen"), 0);
    }

    #[test]
    fn the_nearest_name_is_found() {
        let known = || Key::ALL.iter().map(|key| key.as_str());
        assert_eq!(nearest("lisen", known()), "listen");
        assert_eq!(nearest("databse_url", known()), "database_url");
        assert_eq!(nearest("log_fromat", known()), "log_format");
    }

    #[test]
    fn one_name_gives_variable_and_flag() {
        assert_eq!(Key::DatabaseUrl.variable(), "KAKETSUKE_DATABASE_URL");
        assert_eq!(Key::DatabaseUrl.flag(), "--database-url");
    }
}
