//! The writing of all that follows from a decision about a job: each row once, over the version that was read. A row may be
//! new and over already: who comes back with a late report may end the job with it.

use super::{
    batch::{Batch, later},
    codec::Json,
};
use crate::domain::{
    alarms::Alarm,
    appointments::Appointment,
    docket::{Changes, Moved, Waiting},
    ids::JobId,
    jobs::Job,
    offers::{Assignment, FlatOffer, Offer},
    span::Instant,
};

/// Waiting jobs looked at by one freed technician at most; the others are looked at in their own time.
const WAITING_MAX: i64 = 20;

/// Adds the changes to what is written at the end of the use-case. A row that is not as it was when it was read fails all
/// of it.
pub fn save(batch: &mut Batch, changes: &Changes, now: Instant) {
    let Some(job) = &changes.job else { return };
    batch.soonest_mut().job(job.wake_at());
    match (job.version, changes.moved) {
        (1, _) => insert_job(batch, job),
        (_, Moved::State) => change_job(batch, job),
        (_, Moved::Ladder) => move_job(batch, job),
    }
    for window in &changes.windows.changed {
        change_window(batch, window);
    }
    changes.offers.changed.iter().for_each(|offer| change_offer(batch, offer));
    let (over, others): (Vec<_>, Vec<_>) = changes.assignments.changed.iter().partition(|one| one.is_over());
    let frees = !changes.offers.changed.is_empty() || !over.is_empty() || !changes.windows.changed.is_empty();
    over.into_iter().for_each(|one| change_assignment(batch, one));
    let takes = !changes.offers.new.is_empty() || !changes.assignments.new.is_empty() || !others.is_empty();
    if frees && takes {
        // A place is taken after it is free, and an offer made after another one is over. Else all of it is one statement,
        // in which no node can be frozen.
        batch.then();
    }
    others.into_iter().for_each(|one| change_assignment(batch, one));
    changes.windows.new.iter().for_each(|window| insert_window(batch, window));
    changes.offers.new.iter().for_each(|offer| insert_offer(batch, offer));
    changes.assignments.new.iter().for_each(|one| insert_assignment(batch, one));
    changes.alarms.changed.iter().for_each(|alarm| change_alarm(batch, alarm));
    changes.alarms.new.iter().for_each(|alarm| insert_alarm(batch, alarm));
    changes.woken.iter().for_each(|id| wake(batch, *id, now));
    if changes.waiting == Waiting::LookedAt {
        look_at_waiting(batch, job.id, now);
    }
}

fn insert_job(batch: &mut Batch, job: &Job) {
    later!(
        batch,
        one,
        "INSERT INTO job (id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, round, rung,
                          created_at, rework_of)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        job.id,
        job.version,
        job.case_id,
        &job.job_code,
        job.trade,
        job.priority,
        job.state(),
        job.state_since,
        job.hold(),
        job.wake_at(),
        job.round,
        job.rung,
        job.created_at,
        job.rework_of,
    );
}

fn change_job(batch: &mut Batch, job: &Job) {
    later!(
        batch,
        one,
        "UPDATE job SET version = $2, state = $3, wake_at = $4, closed_at = $5, state_since = $6, hold = $7,
                        warned_at = $8, round = $9, rung = $10, priority = $11
         WHERE id = $1 AND version = $2 - 1",
        job.id,
        job.version,
        job.state(),
        job.wake_at(),
        job.closed_at(),
        job.state_since,
        job.hold(),
        job.warned_at(),
        job.round,
        job.rung,
        job.priority,
    );
}

/// Nothing has become of it: what is sealed of it stays as it is.
fn move_job(batch: &mut Batch, job: &Job) {
    later!(
        batch,
        one,
        "UPDATE job SET version = $2, wake_at = $3, warned_at = $4, round = $5, rung = $6
         WHERE id = $1 AND version = $2 - 1",
        job.id,
        job.version,
        job.wake_at(),
        job.warned_at(),
        job.round,
        job.rung,
    );
}

fn change_window(batch: &mut Batch, window: &Appointment) {
    later!(
        batch,
        one,
        "UPDATE planned_window SET version = $2, state = $3 WHERE id = $1 AND version = $2 - 1",
        window.id,
        window.version,
        window.state,
    );
}

fn insert_window(batch: &mut Batch, window: &Appointment) {
    later!(
        batch,
        one,
        "INSERT INTO planned_window (id, version, technician_id, job_id, starts_at, ends_at, state, confirmation)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        window.id,
        window.version,
        window.technician_id,
        window.job_id,
        window.starts_at,
        window.ends_at,
        window.state,
        Json(&window.confirmation),
    );
}

fn change_offer(batch: &mut Batch, offer: &Offer) {
    let offer = FlatOffer::from(offer.clone());
    later!(
        batch,
        one,
        "UPDATE offer SET version = $2, technician_id = $3, state = $4, answered_at = $5, decline_code = $6,
                          arrival_promised_at = $7, answered_via = $8, withdraw_code = $9, naming_due_at = $10,
                          agreed_at = $11
         WHERE id = $1 AND version = $2 - 1",
        offer.id,
        offer.version,
        offer.technician_id,
        offer.state,
        offer.answered_at,
        offer.decline_code,
        offer.arrival_promised_at,
        offer.answered_via,
        offer.withdraw_code,
        offer.naming_due_at,
        offer.agreed_at,
    );
}

fn insert_offer(batch: &mut Batch, offer: &Offer) {
    let offer = FlatOffer::from(offer.clone());
    later!(
        batch,
        one,
        "INSERT INTO offer (id, version, job_id, decision_id, firm_id, technician_id, addressee, role, rank, round, rung,
                            state, offered_at, deadline, answered_at, arrival_promised_at, answered_via, withdraw_code, agreed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        offer.id,
        offer.version,
        offer.job_id,
        offer.decision_id,
        offer.firm_id,
        offer.technician_id,
        offer.addressee,
        offer.role,
        offer.rank,
        offer.round,
        offer.rung,
        offer.state,
        offer.offered_at,
        offer.deadline,
        offer.answered_at,
        offer.arrival_promised_at,
        offer.answered_via,
        offer.withdraw_code,
        offer.agreed_at,
    );
}

fn change_assignment(batch: &mut Batch, one: &Assignment) {
    later!(
        batch,
        one,
        "UPDATE assignment SET version = $2, slot = $3, released_at = $4, release_code = $5, current_since = $6,
                               arrival_due_at = $7, progress_at = $8, progress_lat_e6 = $9, progress_lon_e6 = $10,
                               heard_danger = $11, heard_check = $12
         WHERE id = $1 AND version = $2 - 1",
        one.id,
        one.version,
        one.slot(),
        one.released_at(),
        one.release_code(),
        one.current_since(),
        one.arrival_due_at,
        one.progress.map(|progress| progress.at),
        one.progress.map(|progress| progress.point.lat_e6()),
        one.progress.map(|progress| progress.point.lon_e6()),
        one.heard.danger,
        one.heard.check,
    );
}

fn insert_assignment(batch: &mut Batch, one: &Assignment) {
    later!(
        batch,
        one,
        "INSERT INTO assignment (id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, counts_from,
                                 arrival_due_at, current_since, released_at, release_code, heard_danger, heard_check)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        one.id,
        one.version,
        one.job_id,
        one.offer_id,
        one.firm_id,
        one.technician_id,
        one.slot(),
        one.assigned_at,
        one.counts_from,
        one.arrival_due_at,
        one.current_since(),
        one.released_at(),
        one.release_code(),
        one.heard.danger,
        one.heard.check,
    );
}

fn change_alarm(batch: &mut Batch, alarm: &Alarm) {
    batch.soonest_mut().alarm(alarm.rings_at);
    later!(
        batch,
        one,
        "UPDATE alarm SET version = $2, state = $3, rings_at = $4, rung = $5, acknowledged_at = $6, resolved_at = $7
         WHERE id = $1 AND version = $2 - 1",
        alarm.id,
        alarm.version,
        alarm.state,
        alarm.rings_at,
        alarm.rung,
        alarm.acknowledged_at,
        alarm.resolved_at,
    );
}

fn insert_alarm(batch: &mut Batch, alarm: &Alarm) {
    batch.soonest_mut().alarm(alarm.rings_at);
    later!(
        batch,
        one,
        "INSERT INTO alarm (id, version, kind, subject, subject_id, state, raised_at, rings_at, rung, resolved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        alarm.id,
        alarm.version,
        alarm.kind,
        alarm.subject,
        alarm.subject_id,
        alarm.state,
        alarm.raised_at,
        alarm.rings_at,
        alarm.rung,
        alarm.resolved_at,
    );
}

/// The job that waited for a technician: they are expected to leave for it from now on.
fn wake(batch: &mut Batch, id: JobId, now: Instant) {
    batch.soonest_mut().job(Some(now));
    later!(
        batch,
        any,
        "UPDATE job SET version = version + 1, wake_at = $2 WHERE id = $1 AND wake_at IS NOT NULL",
        id,
        now,
    );
}

/// The jobs nobody could be found for that are not due yet, most urgent first, then longest waiting.
fn look_at_waiting(batch: &mut Batch, but: JobId, now: Instant) {
    batch.soonest_mut().job(Some(now));
    later!(
        batch,
        any,
        "UPDATE job SET version = version + 1, wake_at = $1
         WHERE state = 'unassigned' AND wake_at > $1
           AND id IN (SELECT id FROM job WHERE state = 'unassigned' AND round > 1 AND wake_at > $1 AND id <> $2
                      ORDER BY priority, created_at, id LIMIT $3)",
        now,
        but,
        WAITING_MAX,
    );
}
