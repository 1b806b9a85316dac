//! The command line. Results go to standard output, everything else to standard error; exit code 1 for what
//! failed, 2 for what was asked wrongly.

mod check_config;
mod decision;
mod demo;
mod flags;
mod import;
mod logging;
mod migrate;
mod output;
mod roster;
mod seed;
mod serve;
mod service;
mod signals;
mod token;
mod user;
mod verify;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use crate::config::{Config, raise_files};

/// Takes lock and plumbing calls, finds the contractor who can be there first, and proves every yen.
#[derive(Debug, Parser)]
#[command(name = "kaketsuke", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    common: flags::Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API until told to stop; brings the schema up to date first
    Serve(flags::Serving),
    /// Bring the schema of the database up to this release
    Migrate,
    /// Load reference data: what is built in, or one dataset from a file
    Seed(seed::Seed),
    /// Issue, list and revoke access tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Add, list and disable the people who sign in to the pages
    #[command(subcommand)]
    User(user::User),
    /// Look into stored decisions
    #[command(subcommand)]
    Decision(decision::Decision),
    /// Take over firms, technicians or weekly shifts from a CSV file
    #[command(subcommand)]
    Import(import::Import),
    /// Look at the rosters of all firms
    #[command(subcommand)]
    Roster(roster::Roster),
    /// Check that what is stored is still what was written
    Verify(verify::Verify),
    /// Check the configuration and print what is in force, secrets left out
    CheckConfig(flags::Serving),
    /// Play a night of calls on a server of its own
    Demo(demo::Demo),
}

/// Runs what was asked.
#[must_use]
pub fn main(cli: Cli) -> ExitCode {
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::report(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let flags = match &cli.command {
        Command::Serve(serving) | Command::CheckConfig(serving) => serving.values(),
        Command::Demo(demo) => demo.values(),
        _ => Vec::new(),
    };
    // Before it is asked how many connections there is room for.
    raise_files();
    let config = Config::load(&cli.common.given(flags)?)?;
    if let Command::CheckConfig(_) = cli.command {
        return check_config::run(&config).map(|()| ExitCode::SUCCESS);
    }
    logging::start(config.log_format, &config.log_filter);
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(_) => serve::run(&config).await,
            Command::Migrate => migrate::run(&config).await,
            Command::Seed(seed) => seed::run(&config, seed).await,
            Command::Token(token) => token::run(&config, token).await,
            Command::User(user) => user::run(&config, user).await,
            Command::Verify(verify) => {
                signals::or_say(verify::run(&config, verify), "stopped; nothing was changed").await
            }
            Command::Demo(demo) => demo::run(&config, demo).await,
            Command::Decision(decision) => return decision::run(&config, decision).await,
            Command::Import(import) => {
                return signals::or_say(import::run(&config, import), import::STOPPED).await;
            }
            Command::Roster(roster) => return roster::run(&config, roster).await,
            Command::CheckConfig(_) => Ok(()),
        }
        .map(|()| ExitCode::SUCCESS)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::error::ErrorKind> {
        Cli::try_parse_from(line.split_whitespace()).map_err(|error| error.kind())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_takes_the_common_flags_on_either_side() {
        for command in [
            "serve",
            "migrate",
            "seed",
            "token list",
            "user list",
            "verify",
            "decision replay 01980000-0000-7000-8000-000000000001",
            "import firms firms.csv",
            "roster lint",
            "check-config",
            "demo",
        ] {
            let after = format!("kaketsuke {command} --config a.toml --database-url sqlite:a.db");
            let before = format!("kaketsuke --config a.toml --database-url sqlite:a.db {command}");
            for line in [after, before] {
                let common = parse(&line).unwrap().common.given(Vec::new()).unwrap();
                assert_eq!(common.file, Some("a.toml".into()), "{line}");
                assert_eq!(common.flags.len(), 1, "{line}");
            }
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        use clap::error::ErrorKind::{
            InvalidSubcommand, MissingRequiredArgument, UnknownArgument, ValueValidation,
        };
        let id = "01980000-0000-7000-8000-000000000001";
        for (line, kind) in [
            ("kaketsuke serv", InvalidSubcommand),
            ("kaketsuke serve --lisen 1", UnknownArgument),
            ("kaketsuke seed --dataset holidays", MissingRequiredArgument),
            ("kaketsuke seed --file x.toml", MissingRequiredArgument),
            ("kaketsuke token issue --role dispatcher", MissingRequiredArgument),
            ("kaketsuke token issue --role firm --name x --firm y", ValueValidation),
            ("kaketsuke token issue --role dispatcher --name x --expires tomorrow", ValueValidation),
            ("kaketsuke token revoke 7", ValueValidation),
            ("kaketsuke decision replay 7", ValueValidation),
            ("kaketsuke decision replay", MissingRequiredArgument),
        ] {
            assert_eq!(parse(line).map(|_| ()), Err(kind), "{line}");
        }
        let both = format!("kaketsuke token issue --role firm --name x --firm {id} --consumer {id}");
        assert_eq!(parse(&both).map(|_| ()), Err(clap::error::ErrorKind::ArgumentConflict));
        assert!(parse("kaketsuke token issue --role boss --name x").is_err());
        assert!(parse(&format!("kaketsuke token issue --role firm --name x --firm {id}")).is_ok());
    }
}
