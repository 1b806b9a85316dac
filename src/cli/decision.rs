//! `kaketsuke decision`: whether a stored decision still follows from what it was made of.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;

use super::{output, service};
use crate::{
    app::decisions::{self, Replayed},
    config::Config,
    domain::ids::DecisionId,
};

/// Exit code when another engine made the decision.
const OTHER_ENGINE: u8 = 2;

/// Stored decisions.
#[derive(Debug, Subcommand)]
pub(super) enum Decision {
    /// Judge a decision again and compare: exit code 0 when identical, 1 when not, 2 when of another engine
    Replay {
        /// Id of the decision, as in the decisions of its job
        #[arg(value_parser = id)]
        id: DecisionId,
    },
}

fn id(text: &str) -> Result<DecisionId, uuid::Error> {
    text.parse::<uuid::Uuid>().map(DecisionId)
}

/// Says what came of it.
pub(super) async fn run(config: &Config, command: Decision) -> anyhow::Result<ExitCode> {
    let Decision::Replay { id } = command;
    let ctx = service::open_to_read(config).await?;
    let replayed =
        decisions::replay(&ctx, id).await.with_context(|| format!("cannot replay the decision {id}"));
    ctx.db().close().await;
    match replayed? {
        Replayed::Identical => {
            output::line(format_args!("{id}: identical"))?;
            Ok(ExitCode::SUCCESS)
        }
        Replayed::OtherEngine(version) => {
            let version = output::printable(&version);
            output::line(format_args!("{id}: other engine ({version}); it cannot be judged again here"))?;
            Ok(ExitCode::from(OTHER_ENGINE))
        }
        Replayed::Differs(at) => bail!("{id}: differs from byte {at} on; it does not follow from its inputs"),
        Replayed::Malformed(error) => {
            bail!("{id}: differs; it is no decision this engine can have made: {error}")
        }
    }
}
