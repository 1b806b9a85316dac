//! The command line of kaketsuke.

use std::process::ExitCode;

use clap::Parser as _;
use kaketsuke::cli::{self, Cli};

fn main() -> ExitCode {
    cli::main(Cli::parse())
}
