//! Results to standard output, the rest to standard error.

use std::{
    fmt::Display,
    io::{self, Write as _},
};

use anyhow::Context as _;

use crate::config;

/// Writes one line of a result. A result that cannot be written is a failure.
pub(super) fn line(text: impl Display) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("cannot write to standard output")
}

/// Writes one line beside the result. There is nowhere to report a failure to.
pub(super) fn note(text: impl Display) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Writes an error and its causes, one line each.
pub(super) fn report(error: &anyhow::Error) {
    match error.downcast_ref::<config::Errors>() {
        Some(errors) => errors.0.iter().for_each(|error| lines(error)),
        None => lines(error.as_ref()),
    }
}

fn lines(error: &(dyn std::error::Error + 'static)) {
    note(format_args!("error: {}", one_line(error)));
    for cause in std::iter::successors(error.source(), |cause| cause.source()) {
        note(format_args!("  caused by: {}", one_line(cause)));
    }
}

fn one_line(text: impl Display) -> String {
    printable(&text.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Without characters that would steer a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_and_steers_no_terminal() {
        assert_eq!(one_line("first\n  second"), "first second");
        assert_eq!(printable("夜間\u{1b}[2J"), "夜間\u{fffd}[2J");
    }
}
