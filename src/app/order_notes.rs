//! Order notes: issued with every assignment, shown to who is on the job and to the desk.

use chrono::NaiveDate;

use super::{Ctx, Error, Unit, loaded::Loaded};
use crate::{
    documents::order_note::{self, OrderNoteFacts, OrderNoteText, TERMS_VERSION},
    domain::{
        actor::{Actor, Scope},
        cases::Site,
        firms::Firm,
        fitness::WorkScope,
        ids::AssignmentId,
        jobs::Job,
        offers::Assignment,
        sight::is_own,
        span::{Instant, tokyo},
    },
    store::{self, Tx, order_notes::OrderNote},
};

/// An order note.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its number.
    pub number: String,
    /// The terms in force when it was issued.
    pub terms_version: String,
    /// When it was issued.
    pub issued_at: Instant,
    /// The note.
    pub text: OrderNoteText,
}

/// Issues the note of a new assignment: from now on the contractor has the order in writing (C-26).
pub(super) async fn issue(unit: &mut Unit, assignment: &Assignment) -> Result<(), Error> {
    let day = tokyo(unit.now).format("%y%m%d").to_string();
    let running = unit.next_number(&format!("order:{day}")).await?;
    let note = OrderNote {
        number: format!("O-{day}-{running:04}"),
        terms_version: TERMS_VERSION.to_owned(),
        issued_at: unit.now,
    };
    store::order_notes::insert(&mut unit.writes, assignment.id, &note);
    Ok(())
}

/// The order note of an assignment, if it is the actor's to see. Whoever is off the job sees no address (Y-03).
pub async fn find(ctx: &Ctx, actor: &Actor, id: AssignmentId) -> Result<Issued, Error> {
    let missing = || Error::NotFound("assignment");
    let mut tx = ctx.db().read().await?;
    let assignment = store::assignments::find(&mut tx, id).await?.ok_or_else(missing)?;
    if !is_own(actor, &assignment) {
        return Err(missing());
    }
    let note = store::order_notes::find(&mut tx, id).await?.ok_or(Error::NotFound("order note"))?;
    let job = store::jobs::find(&mut tx, assignment.job_id).await?.ok_or_else(missing)?;
    let case = store::cases::find(&mut tx, job.case_id).await?.ok_or_else(missing)?;
    let firm = store::firms::find(&mut tx, assignment.firm_id).await?.ok_or_else(missing)?;
    let technician =
        store::technicians::find(&mut tx, assignment.technician_id).await?.ok_or_else(missing)?;
    let concerned = actor.scope() == Scope::All || !assignment.is_over();
    let site = store::cases::site(&mut tx, case.id).await?;
    let day = tokyo(assignment.assigned_at).date_naive();
    let scope = scope(&mut tx, &ctx.reference(), &job, &firm, site.as_ref(), day).await?;
    let address = match site.filter(|_| concerned) {
        Some(site) => {
            let name = store::places::name(&mut tx, &site.jis_code).await?.unwrap_or_default();
            let rest = [site.building.as_deref(), site.room.as_deref()].into_iter().flatten();
            let parts: Vec<_> = std::iter::once(format!("{name}{}{}", site.town, site.address))
                .chain(rest.map(str::to_owned))
                .collect();
            Some(parts.join(" "))
        }
        None => None,
    };
    let reference = ctx.reference();
    let kind = reference.job_codes().get(&job.job_code);
    let facts = OrderNoteFacts {
        number: note.number.clone(),
        issued_at: note.issued_at,
        case_number: case.number,
        firm: firm.name,
        technician: technician.name,
        trade: job.trade,
        work_ja: kind.map_or_else(|| job.job_code.clone(), |kind| kind.ja.clone()),
        work_en: kind.map_or_else(|| job.job_code.clone(), |kind| kind.en.clone()),
        scope,
        address,
        arrival_due_at: assignment.arrival_due_at,
    };
    Ok(Issued {
        number: note.number,
        terms_version: note.terms_version,
        issued_at: note.issued_at,
        text: order_note::write(&facts),
    })
}

/// How much of the work the firm may do there on that day (S-08).
async fn scope(
    tx: &mut Tx,
    reference: &Loaded,
    job: &Job,
    firm: &Firm,
    site: Option<&Site>,
    day: NaiveDate,
) -> Result<WorkScope, Error> {
    let licence = reference.job_codes().get(&job.job_code).and_then(|kind| kind.licence);
    let Some((licence, site)) = licence.zip(site) else { return Ok(WorkScope::Lasting) };
    let parent = store::places::parent_of(tx, &site.jis_code).await?;
    let codes: Vec<_> = std::iter::once(site.jis_code.clone()).chain(parent).collect();
    Ok(if firm.is_licensed(licence, &codes, day) { WorkScope::Lasting } else { WorkScope::StopGap })
}
