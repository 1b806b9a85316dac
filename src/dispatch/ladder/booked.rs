//! A planned visit comes near: its technician is asked first.

use super::{Asked, LeftOut, Run, Sight, ask};
use crate::domain::{alarms::AlarmKind, docket::Docket, offers::Offer, refusal::Refusal};

/// Asks the technician of the visit; the answer is due before the window begins. Whoever does not answer, or says no, is
/// followed by the ladder.
pub(super) fn ask(docket: &mut Docket, sight: &mut Sight<'_>, runs: &mut Vec<Run>) -> Result<(), Refusal> {
    let window = docket.window().cloned();
    let Some((window, visitor)) = window.zip(sight.subject) else {
        docket.look_for_others()?;
        return ask::next(docket, sight, runs);
    };
    if visitor.asking != Asked::NotNow || window.starts_at <= docket.now() {
        // They are being asked for something else, or may not be sent: the window is at risk, a person must know, others are asked.
        docket.raise(AlarmKind::AppointmentAtRisk);
        docket.look_for_others()?;
        return ask::next(docket, sight, runs);
    }
    let rung = &sight.rules.policy(docket.job().priority).rungs[0];
    let answer = (sight.asking)(docket.job(), rung, &LeftOut::default());
    let decision_id = ask::record(docket, answer.outcome, runs);
    let deadline = (docket.now() + rung.deadline_s.delta()).min(window.starts_at);
    let asked = ask::asked(docket, decision_id, (visitor.firm, visitor.id), visitor.addressee);
    docket.ask(Offer::open(asked, docket.now(), deadline));
    let job = docket.job().clone().offered(docket.now(), deadline)?;
    docket.put(job);
    Ok(())
}
