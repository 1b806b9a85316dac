//! What a change of standing means for what is under way: the domain decides job by job (`domain::docket::standing`).

use super::{Error, Unit, dockets};
use crate::{
    domain::{
        blocks::Blocked,
        docket::{Away, Bar},
        firms::{Standing, Technician},
        ids::{CaseId, FirmId, JobId, TechnicianId},
    },
    store,
};

/// A technician is suspended, or in service again.
pub(super) async fn technician_changed(
    unit: &mut Unit,
    id: TechnicianId,
    was: Standing,
    is: Standing,
) -> Result<(), Error> {
    if was == is {
        return Ok(());
    }
    changed(unit, &Away { firm: None, technicians: vec![id] }, is).await
}

/// A firm is suspended, or in service again.
pub(super) async fn firm_changed(
    unit: &mut Unit,
    id: FirmId,
    was: Standing,
    is: Standing,
) -> Result<(), Error> {
    if was == is {
        return Ok(());
    }
    let away = of_firm(unit, id).await?;
    changed(unit, &away, is).await
}

/// A firm or a technician is kept apart from a resident from now on.
pub(super) async fn blocked(unit: &mut Unit, blocked: Blocked) -> Result<(), Error> {
    let away = away(unit, blocked).await?;
    for job in in_hands_of(unit, &away).await? {
        let Some(case) = store::jobs::case_of(&mut unit.tx, job).await? else { continue };
        let (firms, technicians) = store::blocks::of_case(&mut unit.tx, case).await?;
        let is_of_resident = match blocked {
            Blocked::Firm(firm) => firms.contains(&firm),
            Blocked::Technician(technician) => technicians.contains(&technician),
        };
        if is_of_resident {
            keep_away(unit, job, &away, Bar::KeptApart).await?;
        }
    }
    Ok(())
}

/// A block has ended: they may meet again, unless another one keeps them apart.
pub(super) async fn unblocked(unit: &mut Unit, blocked: Blocked) -> Result<(), Error> {
    let away = away(unit, blocked).await?;
    for job in in_hands_of(unit, &away).await? {
        let mut docket = dockets::of_job(unit, job).await?;
        let still = kept_apart(unit, docket.job().case_id, &docket.people()).await?;
        docket.let_back(Bar::KeptApart, &still);
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

async fn changed(unit: &mut Unit, away: &Away, is: Standing) -> Result<(), Error> {
    for job in in_hands_of(unit, away).await? {
        match is {
            Standing::Suspended => keep_away(unit, job, away, Bar::Suspended).await?,
            Standing::Active => {
                let mut docket = dockets::of_job(unit, job).await?;
                let still = suspended(unit, &docket.people()).await?;
                docket.let_back(Bar::Suspended, &still);
                close(unit, docket).await?;
            }
        }
    }
    Ok(())
}

/// Those of them who are suspended, or whose firm is.
async fn suspended(unit: &mut Unit, people: &[TechnicianId]) -> Result<Vec<TechnicianId>, Error> {
    let mut suspended = Vec::new();
    for technician in store::technicians::several(&mut unit.tx, people.iter().copied()).await? {
        let firm = store::firms::find(&mut unit.tx, technician.firm_id).await?;
        let is_active =
            technician.state == Standing::Active && firm.is_some_and(|firm| firm.state == Standing::Active);
        if !is_active {
            suspended.push(technician.id);
        }
    }
    Ok(suspended)
}

/// Those of them who are kept apart from the resident of a case.
async fn kept_apart(
    unit: &mut Unit,
    case: CaseId,
    people: &[TechnicianId],
) -> Result<Vec<TechnicianId>, Error> {
    let (firms, technicians) = store::blocks::of_case(&mut unit.tx, case).await?;
    let known = store::technicians::several(&mut unit.tx, people.iter().copied()).await?;
    let is_kept_apart = |one: &Technician| firms.contains(&one.firm_id) || technicians.contains(&one.id);
    Ok(known.iter().filter(|one| is_kept_apart(one)).map(|one| one.id).collect())
}

async fn keep_away(unit: &mut Unit, job: JobId, away: &Away, why: Bar) -> Result<(), Error> {
    let mut docket = dockets::of_job(unit, job).await?;
    docket.keep_away(away, why)?;
    close(unit, docket).await
}

async fn close(unit: &mut Unit, docket: crate::domain::docket::Docket) -> Result<(), Error> {
    dockets::close(unit, docket).await?;
    // The next job's rows may be the same.
    unit.writes.then();
    Ok(())
}

async fn in_hands_of(unit: &mut Unit, away: &Away) -> Result<Vec<JobId>, Error> {
    let technician = away.technicians.first().copied().filter(|_| away.firm.is_none());
    Ok(store::jobs::in_hands_of(&mut unit.tx, technician, away.firm).await?)
}
