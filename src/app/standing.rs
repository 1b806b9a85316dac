//! What a change of standing means for what is under way: the domain decides job by job (`domain::docket::standing`).

use std::collections::BTreeMap;

use super::{Error, Unit, dockets, fitness, questions, windows};
use crate::{
    dispatch::question::When,
    domain::{
        blocks::Blocked,
        docket::{Away, Bar, Change, Docket},
        firms::{Firm, Technician},
        fitness::Fitness,
        ids::{FirmId, JobId, TechnicianId},
        span::Span,
    },
    store,
};

/// A technician is written anew: suspended or in service again, with or without what the work asks for, on other shifts.
pub(super) async fn technician_changed(
    unit: &mut Unit,
    was: &Technician,
    is: &Technician,
) -> Result<(), Error> {
    if was.shifts != is.shifts {
        windows::shifts_changed(unit, is.id, &was.shifts).await?;
    }
    let change = Change::of_technician(was, is);
    if change.is_nothing() {
        return Ok(());
    }
    changed(unit, &Away { firm: None, technicians: vec![is.id] }, &change).await
}

/// A firm is written anew.
pub(super) async fn firm_changed(unit: &mut Unit, was: &Firm, is: &Firm) -> Result<(), Error> {
    let change = Change::of_firm(was, is);
    if change.is_nothing() {
        return Ok(());
    }
    let away = of_firm(unit, is.id).await?;
    changed(unit, &away, &change).await
}

/// A firm or a technician is kept apart from a resident from now on.
pub(super) async fn blocked(unit: &mut Unit, blocked: Blocked) -> Result<(), Error> {
    let away = away(unit, blocked).await?;
    for job in in_hands_of(unit, &away).await? {
        let Some(case) = store::jobs::case_of(&mut unit.tx, job).await? else { continue };
        if store::blocks::of_case(&mut unit.tx, case).await?.has(blocked) {
            let mut docket = dockets::of_job(unit, job).await?;
            docket.keep_away(&away, Bar::KeptApart)?;
            close(unit, docket).await?;
        }
    }
    Ok(())
}

/// A block has ended: they may meet again, unless another one keeps them apart.
pub(super) async fn unblocked(unit: &mut Unit, blocked: Blocked) -> Result<(), Error> {
    let away = away(unit, blocked).await?;
    for job in in_hands_of(unit, &away).await? {
        let mut docket = dockets::of_job(unit, job).await?;
        let apart = store::blocks::of_case(&mut unit.tx, docket.job().case_id).await?;
        let people = docket.people().into_iter();
        docket.unblocked(&apart, &store::technicians::several(&mut unit.tx, people).await?);
        close(unit, docket).await?;
    }
    Ok(())
}

async fn away(unit: &mut Unit, blocked: Blocked) -> Result<Away, Error> {
    Ok(match blocked {
        Blocked::Firm(firm) => of_firm(unit, firm).await?,
        Blocked::Technician(technician) => Away { firm: None, technicians: vec![technician] },
    })
}

async fn of_firm(unit: &mut Unit, firm: FirmId) -> Result<Away, Error> {
    let technicians = store::fleet::of_firm(&mut unit.tx, firm).await?;
    Ok(Away { firm: Some(firm), technicians })
}

async fn changed(unit: &mut Unit, away: &Away, change: &Change) -> Result<(), Error> {
    for job in in_hands_of(unit, away).await? {
        let mut docket = dockets::of_job(unit, job).await?;
        let fitness = fitness_of(unit, &docket).await?;
        docket.changed(away, change, &fitness)?;
        close(unit, docket).await?;
    }
    Ok(())
}

/// What is in the way of everybody who has the job, its visit, or an offer of it.
async fn fitness_of(unit: &mut Unit, docket: &Docket) -> Result<BTreeMap<TechnicianId, Fitness>, Error> {
    let mut of = BTreeMap::new();
    let Some(site) = store::cases::site(&mut unit.tx, docket.job().case_id).await? else {
        return Ok(of);
    };
    let question = questions::of_job(&unit.ctx.clone(), &mut unit.tx, docket.job(), &site).await?;
    for id in docket.people_and_asked() {
        let visit = docket.window().filter(|visit| visit.technician_id == id);
        let span = visit.and_then(|visit| Span::new(visit.starts_at, visit.ends_at));
        let when = span.map_or(When::Called { arrival_at: Some(unit.now) }, When::Visit);
        if let Some(known) = fitness::find(unit, id).await? {
            of.insert(id, known.asked(&question, when)?.fitness);
        }
    }
    Ok(of)
}

async fn close(unit: &mut Unit, docket: Docket) -> Result<(), Error> {
    dockets::close(unit, docket).await?;
    // The next job's rows may be the same.
    unit.writes.then();
    Ok(())
}

async fn in_hands_of(unit: &mut Unit, away: &Away) -> Result<Vec<JobId>, Error> {
    let technician = away.technicians.first().copied().filter(|_| away.firm.is_none());
    Ok(store::jobs::in_hands_of(&mut unit.tx, technician, away.firm).await?)
}
