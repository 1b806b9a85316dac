//! Where log lines go: standard error, so that standard output holds results only.

use std::io::{IsTerminal as _, stderr};

use tracing_subscriber::{
    Layer as _, filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::config::LogFormat;

/// Starts logging for the whole process.
pub(super) fn start(format: LogFormat, filter: &Targets) {
    let layer = match format {
        LogFormat::Text => fmt::layer().with_ansi(stderr().is_terminal()).with_writer(stderr).boxed(),
        LogFormat::Json => {
            fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(stderr).boxed()
        }
    };
    // Fails only where logging has been started already, and then it goes on as it was.
    drop(tracing_subscriber::registry().with(layer.with_filter(filter.clone())).try_init());
}
