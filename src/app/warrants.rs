//! Who answers for what a rule asks first.

use std::collections::BTreeSet;

use super::{Command, Ctx, Error, Unit, dockets};
use crate::{
    domain::{
        cases::{Case, CaseState},
        events,
        ids::CaseId,
        jobs::Job,
        reference::Reference,
        refusal::{CaseRefused, Refusal},
        warrants::{
            OF_CASE_MAX, Warrant, WarrantKind, WarrantReason, is_replacement, is_theirs, may_be_served,
            replacements, unreferred,
        },
    },
    store,
};

/// What somebody answers for.
#[derive(Debug, Clone)]
pub struct New {
    /// Why it is right: it says what is answered for.
    pub reason: WarrantReason,
    /// Of which job code no referral is due, or what the landlord was asked about; the only one in question, when not said.
    pub job_code: Option<String>,
}

/// Records that whoever says so answers for it.
pub async fn record(ctx: &Ctx, case: CaseId, command: Command<New>) -> Result<Warrant, Error> {
    let command = command.map(|new| (case, new));
    ctx.transact(command, |unit, (case, new)| Box::pin(record_in(unit, *case, new))).await
}

async fn record_in(unit: &mut Unit, id: CaseId, new: &New) -> Result<Warrant, Error> {
    let reason = new.reason;
    let case = store::cases::guard(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if case.state == CaseState::Closed {
        return Err(Error::Refused(CaseRefused::Closed.into()));
    }
    let known = store::warrants::of_case(&mut unit.tx, id).await?;
    if known.len() >= OF_CASE_MAX {
        return Err(Error::Refused(CaseRefused::TooManyWarrants.into()));
    }
    let warrant = Warrant {
        case_id: id,
        number: known.last().map_or(1, |last| last.number + 1),
        kind: reason.kind(),
        reason,
        job_code: job_code(unit, id, new).await?,
        at: unit.now,
        recorded_by: unit.actor.token(),
    };
    store::warrants::insert(&mut unit.tx, &warrant).await.map_err(Error::in_the_way)?;
    unit.emit(events::CaseWarranted { case: id, reason });
    if warrant.kind == WarrantKind::Goodwill {
        found_out(unit, &case).await?;
    }
    Ok(warrant)
}

/// Which job code or special work is answered for: what is said of one landlord's matter is not said of another one (R-07, S-06).
async fn job_code(unit: &mut Unit, case: CaseId, new: &New) -> Result<Option<String>, Error> {
    let refused = |why: &str| Err(Refusal::field("job_code", why).into());
    let reference = unit.ctx.reference();
    let jobs = match new.reason.kind() {
        WarrantKind::Goodwill if new.job_code.is_some() => {
            return refused("is not said of goodwill");
        }
        WarrantKind::Goodwill => return Ok(None),
        WarrantKind::Landlord | WarrantKind::NoReferral => store::jobs::of_case(&mut unit.tx, case).await?,
    };
    if new.reason.kind() == WarrantKind::Landlord {
        return match replaced(&reference, &jobs, new.job_code.as_deref()) {
            Some(code) => Ok(Some(code)),
            None => refused(
                "S-06: say what the landlord was asked about: the job code, or the special work, that replaces something",
            ),
        };
    }
    let mut codes = jobs.iter().map(|job| job.job_code.as_str());
    if let Some(code) = &new.job_code {
        return match codes.any(|one| one == code && is_theirs(&reference, code)) {
            true => Ok(Some(code.clone())),
            false => refused("no job of this case is the landlord's matter by this code"),
        };
    }
    let marks = store::job_file::marks(&mut unit.tx, case).await?;
    let due = unreferred(&reference, codes, &marks.referred, &marks.warrants);
    match due.len() {
        1 => Ok(due.first().map(|code| (*code).to_owned())),
        0 => refused("no job of this case waits for a referral"),
        _ => refused("more than one job of this case waits for a referral: say which"),
    }
}

/// What the landlord was asked about: what is said, or the only thing that may have to be replaced on the jobs of the case.
fn replaced(reference: &Reference, jobs: &[Job], said: Option<&str>) -> Option<String> {
    if let Some(said) = said {
        return is_replacement(reference, said).then(|| said.to_owned());
    }
    let all: BTreeSet<_> = jobs.iter().flat_map(|job| replacements(reference, &job.job_code)).collect();
    all.first().filter(|_| all.len() == 1).cloned()
}

/// Refuses to send anybody for who is not entitled before somebody has said why.
pub(super) async fn must_be_served(unit: &mut Unit, id: CaseId) -> Result<(), Error> {
    let case = store::cases::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if may_be_served(&case, &[]).is_ok() {
        return Ok(());
    }
    Ok(may_be_served(&case, &store::warrants::of_case(&mut unit.tx, id).await?)?)
}

/// Whether anybody may be sent.
pub(super) async fn is_served(unit: &mut Unit, id: CaseId) -> Result<bool, Error> {
    match must_be_served(unit, id).await {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Something was found out about whether the resident of a locked case is entitled: its jobs go on, or wait for who answers for
/// it.
pub(super) async fn found_out(unit: &mut Unit, case: &Case) -> Result<(), Error> {
    let known = store::warrants::of_case(&mut unit.tx, case.id).await?;
    let is_served = may_be_served(case, &known).is_ok();
    let again = unit.now + unit.ctx.reference().dispatch().held_reminder;
    for mut docket in dockets::of_case(unit, case.id.0).await? {
        if is_served {
            docket.warranted()
        } else {
            docket.await_warrant(again)?
        }
        dockets::close(unit, docket).await?;
        // One may look at jobs of which another one writes.
        unit.writes.then();
    }
    Ok(())
}
