//! `kaketsuke import`: firms, technicians and weekly shifts from CSV files.

use std::{io::Read as _, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};

use super::{output, service};
use crate::{
    app::imports::{Mode, Summary},
    config::Config,
    import::{self, BYTES_MAX, Content, Failure},
};

/// Problems printed at most.
const PROBLEMS_MAX: usize = 1_000;

const FORM: &str = "The file is CSV in UTF-8 (a byte order mark and CRLF are taken), at most 16 MiB and 20,000 rows. Its \
first line names the columns, in any order. A cell with several parts separates them by ';'. An empty cell, or a column \
left out, says nothing: then what is usual holds. All of the file is taken over, or nothing and every reason.";

const FIRMS: &str = "Columns:
  key*                 what the office calls the firm; a known key changes that firm
  name*, phone*        phone as in +81525550100
  areas*               municipality codes, as in 23100;13107
  email                where the firm is told of offers
  state                active (usual) or suspended
  tier                 1 (usual) to 9
  offers_to            technician (usual) or firm
  registration_number  T and 13 digits
  licences             kind|utility|number|last day|municipalities, as in
                       designated_water|名古屋市上下水道局|第1234号|2027-03-31|23100 23106";

const TECHNICIANS: &str = "Columns:
  key*            what the office calls the technician; a known key changes that technician
  firm_key*       the firm
  name*, phone*   phone as in +819055500100
  lat*, lon*      the base, in degrees
  trades*         water;lock
  languages       as in ja;en;vi
  tools           as in opening_tools;high_pressure_machine
  opening_tools   authorised or not_authorised (usual)
  job_codes       the only kinds of trouble; empty: all of the trades
  badge_number    as on the badge
  state           active (usual) or suspended
Weekly shifts are a file of their own: import shifts.";

const SHIFTS: &str = "Columns:
  technician_key*  the technician; afterwards exactly the shifts of this file hold
  day*             mon, tue, wed, thu, fri, sat or sun: the day it opens
  from*, to*       as in 22:00 and 06:00+1, in Tokyo
  holidays         works (usual), off or only: on public holidays and year-end days";

/// Takes over firms, technicians or weekly shifts from a CSV file.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// Firms, a row each
    #[command(after_help = FORM, after_long_help = format!("{FIRMS}\n\n{FORM}"))]
    Firms(File),
    /// Technicians, a row each
    #[command(after_help = FORM, after_long_help = format!("{TECHNICIANS}\n\n{FORM}"))]
    Technicians(File),
    /// Weekly shifts, a row each
    #[command(after_help = FORM, after_long_help = format!("{SHIFTS}\n\n{FORM}"))]
    Shifts(File),
}

/// A file to be taken over.
#[derive(Debug, Args)]
pub(super) struct File {
    /// The CSV file
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Say what would come of it, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// What somebody is told who stops it: all of a file is taken over in one transaction, at the very end.
pub(super) const STOPPED: &str = "stopped; nothing was changed, unless that was the very end: run it again, what is there already counts as unchanged";

/// Takes it over; a running service follows by itself.
pub(super) async fn run(config: &Config, command: Import) -> anyhow::Result<ExitCode> {
    let (content, file) = match command {
        Import::Firms(file) => (Content::Firms, file),
        Import::Technicians(file) => (Content::Technicians, file),
        Import::Shifts(file) => (Content::Shifts, file),
    };
    let bytes = read(&file.path)?;
    let ctx = service::with_reference(service::open(config).await?).await?;
    let mode = if file.dry_run { Mode::DryRun } else { Mode::Keep };
    let outcome = import::run(&ctx, content, &bytes, mode).await;
    ctx.db().close().await;
    match outcome {
        Ok(summary) => {
            output::line(in_words(content, summary, mode))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Failure::Problems(problems)) => {
            for problem in problems.iter().take(PROBLEMS_MAX) {
                output::note(output::printable(&format!("{}: {}", problem.field, problem.message)));
            }
            if problems.len() > PROBLEMS_MAX {
                output::note(format_args!("and {} more", problems.len() - PROBLEMS_MAX));
            }
            bail!("{} problems; nothing was changed", problems.len())
        }
        Err(failed @ Failure::Failed(_)) => Err(failed.into()),
    }
}

fn in_words(content: Content, summary: Summary, mode: Mode) -> String {
    let Summary { new, changed, unchanged } = summary;
    let what = if content == Content::Shifts { "technicians' shifts" } else { content.as_str() };
    let counts = format!("{what}: {new} new, {changed} changed, {unchanged} unchanged");
    match mode {
        Mode::Keep => counts,
        Mode::DryRun => format!("dry run, nothing was written; {counts}"),
    }
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = BYTES_MAX as u64 + 1;
    let file = std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    file.with_context(|| format!("cannot read {}", path.display()))?;
    Ok(bytes)
}
