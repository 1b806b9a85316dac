//! Judging a stored decision again from its inputs.

use serde::Deserialize;

use super::{Decision, ENGINE_VERSION};
use crate::{
    dispatch::{
        matcher::{Candidate, Facts, Rejected, Verdict},
        question::Asked,
        rank::{Figures, RankKey},
        rules,
    },
    domain::ids::TechnicianId,
};

/// Why a document was not replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Another engine made it: its rules are not these.
    #[error("engine version {made_by} made this decision; this is engine version {ENGINE_VERSION}")]
    OtherEngine {
        /// The engine that made it.
        made_by: String,
    },
    /// It is not a decision.
    #[error("not a decision document: {0}")]
    Malformed(#[from] serde_json::Error),
}

/// Judges everybody in `document` again from what was known of him, ranks again and writes the decision again. The
/// bytes are those of `document` while the engine is the same and nothing in the document was changed; compare them.
///
/// What was only counted cannot be judged again and is carried over.
pub fn replay(document: &[u8]) -> Result<Vec<u8>, ReplayError> {
    let Made { engine_version } = serde_json::from_slice(document)?;
    if engine_version != ENGINE_VERSION {
        return Err(ReplayError::OtherEngine { made_by: engine_version });
    }
    Ok(judge(serde_json::from_slice(document)?).document()?)
}

/// The one field every version of the document has.
#[derive(Deserialize)]
struct Made {
    engine_version: String,
}

fn judge(mut recorded: Decision) -> Decision {
    let asked = Asked::at_present(&recorded.question, recorded.now);
    let mut candidates: Vec<(RankKey, Candidate)> = Vec::new();
    let mut rejections: Vec<((u32, TechnicianId), Rejected)> = Vec::new();
    let was_candidate = recorded.candidates.drain(..).map(|one| (one.figures.distance_m, one.facts));
    let was_refused = recorded.rejections.drain(..).map(|one| (one.distance_m, one.facts));
    for (recorded_m, facts) in was_candidate.chain(was_refused) {
        let distance_m = measured(&asked, &facts, recorded_m);
        match rules::first_rejection(&asked, &facts) {
            Some(rejection) => {
                let key = (distance_m, facts.technician);
                rejections.push((key, Rejected { facts, distance_m, rejection }));
            }
            None => {
                let figures = Figures::of(&asked, &facts, distance_m);
                candidates.push((RankKey::of(facts.technician, &figures), Candidate { facts, figures }));
            }
        }
    }
    candidates.sort_by_key(|(key, _)| *key);
    rejections.sort_by_key(|(key, _)| *key);

    recorded.candidates = candidates.into_iter().map(|(_, candidate)| candidate).collect();
    recorded.rejections = rejections.into_iter().map(|(_, rejected)| rejected).collect();
    recorded.order = recorded.candidates.iter().map(|candidate| candidate.facts.technician).collect();
    recorded.verdict =
        Verdict::of(&recorded.candidates, recorded.serving.municipality + recorded.serving.parent_city);
    recorded
}

/// The distance by this machine, or the recorded one when they differ by rounding only: the last bit of a sine may
/// differ from one processor to the next, and a decision must not.
fn measured(asked: &Asked<'_>, facts: &Facts, recorded_m: u32) -> u32 {
    let measured_m = asked.distance_m(facts);
    if measured_m.abs_diff(recorded_m) <= 1 { recorded_m } else { measured_m }
}
