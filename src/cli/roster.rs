//! `kaketsuke roster`: where the rosters leave holes.

use std::process::ExitCode;

use chrono::NaiveDate;
use clap::Subcommand;

use super::{flags::in_flags, output, service};
use crate::{
    app::roster_lint::{self, Finding},
    config::Config,
    domain::roster::lint::{Hole, in_words},
};

/// Names printed of one finding at most.
const NAMES_MAX: usize = 3;

/// The rosters of all firms.
#[derive(Debug, Subcommand)]
pub(super) enum Roster {
    /// Find the hours in which nobody could be sent: exit code 1 when there are any
    Lint {
        /// First day, in Tokyo; today, when not said
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
        /// How many days, 1 to 31; 7, when not said
        #[arg(long, value_name = "NUMBER")]
        days: Option<u16>,
    },
}

/// Prints the findings, a line each.
pub(super) async fn run(config: &Config, command: Roster) -> anyhow::Result<ExitCode> {
    let Roster::Lint { from, days } = command;
    let ctx = service::with_reference(service::open_to_read(config).await?).await?;
    let report = roster_lint::run(&ctx, from, days).await.map_err(in_flags);
    ctx.db().close().await;
    let report = report?;
    for finding in &report.findings {
        output::line(output::printable(&line(finding)))?;
    }
    if report.left_out > 0 {
        output::line(format_args!("and {} more", report.left_out))?;
    }
    output::note(format_args!("{} municipalities looked at", report.municipalities));
    Ok(if report.has_holes { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// `東京都墨田区 water: Sun 11/29 02:00–06:00 nobody`.
fn line(finding: &Finding) -> String {
    let names = finding.municipalities.iter().take(NAMES_MAX);
    let names: Vec<_> = names.map(|place| format!("{}{}", place.prefecture, place.name)).collect();
    let more = match finding.municipalities.len().saturating_sub(NAMES_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (_, when) = in_words(finding.run.span);
    let what = match finding.run.hole {
        Hole::Nobody => "nobody",
        Hole::OnCallOnly => "on call only",
    };
    format!("{}{more} {}: {when} {what}", names.join(", "), finding.trade)
}
