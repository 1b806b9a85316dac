//! When the operator, or the system, wants the service to stop.

use std::io;

/// Hears of SIGINT and SIGTERM from the moment it is made.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

/// Exit codes of a process that a signal has ended: 128 and the signal's number.
const INTERRUPTED: i32 = 130;
#[cfg(unix)]
const TERMINATED: i32 = 143;

/// Does something that a signal ends at once, with a word of what that means.
pub(super) async fn or_say<T>(
    work: impl Future<Output = anyhow::Result<T>>,
    word: &str,
) -> anyhow::Result<T> {
    let mut signals = Signals::hear()?;
    tokio::select! {
        done = work => done,
        code = signals.code() => {
            super::output::note(word);
            std::process::exit(code)
        }
    }
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn hear() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(not(unix))]
    pub(super) fn hear() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        self.code().await;
    }

    /// From now on a signal ends the process at once.
    pub(super) fn end_at_next(mut self) {
        tokio::spawn(async move { std::process::exit(self.code().await) });
    }

    #[cfg(unix)]
    async fn code(&mut self) -> i32 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
        }
    }

    #[cfg(not(unix))]
    async fn code(&mut self) -> i32 {
        drop(tokio::signal::ctrl_c().await);
        INTERRUPTED
    }
}
