//! How long a session of PostgreSQL waits, and is waited for: a node that is frozen or cut off holds nobody up for longer.
//! These are the limits of the server's end; of our own end see [`Line`](super::line).
//! SQLite has one process, which waits for itself.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;

/// How long a session waits, and is waited for. Zero stands for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a statement waits for what another session holds, before it fails.
    pub lock: Duration,
    /// How long a worker waits for what another session holds, before it passes that by and looks at it again soon. Short, so
    /// that what a frozen node holds keeps nothing else from being done.
    pub passing: Duration,
    /// How long a session may be silent inside a transaction, before the server ends it and gives back what it holds.
    /// Shorter than `lock`, so that who waits for a frozen node outlasts it.
    pub silence: Duration,
    /// How long a statement may take.
    pub statement: Duration,
    /// How long a line may be silent before it is asked, and how long it may take to answer what costs nothing, before it is
    /// given up: on our side, where nobody hears of a network that swallows everything.
    pub answer: Duration,
    /// How long a request waits for a connection before it is refused as overloaded.
    pub place: Duration,
}

impl Patience {
    /// The same for commands that read or write everything: a statement may take as long as it takes.
    #[must_use]
    pub fn without_end(self) -> Self {
        Self { statement: Duration::ZERO, ..self }
    }

    /// The same for workers: what they wait for keeps everything else waiting that is due.
    pub(super) fn of_workers(self) -> Self {
        let lock = if self.lock.is_zero() { self.passing } else { self.lock.min(self.passing) };
        Self { lock, ..self }
    }

    /// The settings of a session. What is sent to a node whose machine is gone is given up within seconds too.
    pub(super) fn of_session(self, options: PgConnectOptions) -> PgConnectOptions {
        let millis = |limit: Duration| limit.as_millis().to_string();
        options.options([
            ("lock_timeout", millis(self.lock)),
            ("idle_in_transaction_session_timeout", millis(self.silence)),
            ("statement_timeout", millis(self.statement)),
            ("tcp_keepalives_idle", "3".to_owned()),
            ("tcp_keepalives_interval", "1".to_owned()),
            ("tcp_keepalives_count", "3".to_owned()),
            ("tcp_user_timeout", "5000".to_owned()),
        ])
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            lock: Duration::from_secs(5),
            passing: Duration::from_millis(500),
            silence: Duration::from_secs(4),
            statement: Duration::from_secs(30),
            answer: Duration::from_millis(2_500),
            place: Duration::from_secs(10),
        }
    }
}
