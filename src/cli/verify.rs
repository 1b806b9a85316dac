//! `kaketsuke verify`: whether what is stored is still what was written.

use std::str::FromStr;

use anyhow::{Context as _, bail};

use super::{output, service};
use crate::{
    app::verify::{CHECKS, Verdict, expected},
    config::Config,
};

/// What to hold the log to.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// A position of the log and its hash that somebody has kept: as billing acknowledgements, the webhook
    /// `log.anchored` and the file of anchors give them; repeatable
    #[arg(long, value_name = "POS:HASH")]
    expect: Vec<Expected>,
}

/// A position of the log and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    pos: i64,
    hash: [u8; 32],
}

impl FromStr for Expected {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "must be a position from 0, a colon, and 64 hexadecimal digits";
        let (pos, hash) = text.split_once(':').ok_or(WRONG)?;
        let pos = pos.parse().ok().filter(|pos| *pos >= 0).ok_or(WRONG)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(hash, &mut bytes).map_err(|_| WRONG)?;
        Ok(Self { pos, hash: bytes })
    }
}

/// Runs every check: a line each where all is as it was, else a line for each finding; fails when anything is broken.
pub(super) async fn run(config: &Config, verify: Verify) -> anyhow::Result<()> {
    let ctx = service::open_to_read(config).await?;
    let mut broken = 0_usize;
    let mut told = |name: &str, verdict| match verdict {
        Verdict::Intact(figures) => output::line(format_args!("{name}: {figures}")),
        Verdict::Broken(found) => {
            broken += found.len();
            found
                .iter()
                .for_each(|finding| output::note(format_args!("{name}: {}", output::printable(finding))));
            Ok(())
        }
    };
    for check in CHECKS {
        let verdict = check.run(&ctx).await.with_context(|| format!("cannot check the {}", check.name))?;
        told(check.name, verdict)?;
    }
    for Expected { pos, hash } in verify.expect {
        let verdict = expected(&ctx, pos, hash).await.context("cannot check what was expected")?;
        told("expected", verdict)?;
    }
    ctx.db().close().await;
    if broken > 0 {
        bail!("what is stored is not what was written: {broken} findings");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_a_position_and_a_hash() {
        let hash = "0a".repeat(32);
        assert_eq!(format!("41:{hash}").parse(), Ok(Expected { pos: 41, hash: [10; 32] }));
        // What an acknowledgement of an empty log answers.
        assert_eq!(format!("0:{}", "00".repeat(32)).parse(), Ok(Expected { pos: 0, hash: [0; 32] }));
        for wrong in ["", "41", "41:0a", &hash, &format!("-1:{hash}"), &format!("41:{hash}0a")] {
            assert!(wrong.parse::<Expected>().is_err(), "{wrong}");
        }
    }
}
