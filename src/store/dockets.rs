//! A job in hand: everything a decision about it looks at in one statement, and the writing of all that follows.
//!
//! All rows come as one JSON text: the tables differ, one statement is one snapshot and one journey, and a row more costs
//! SQLite a hand-over between threads.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    appointments::{Appointment, WindowState},
    dangers::CaseHazard,
    docket::Known,
    facts::{Fact, Reporter, Unresolved},
    ids::{FactId, JobId, TechnicianId, WindowId},
    jobs::Job,
    offers::{Assignment, Offer, Progress},
    perils::PlannedCheck,
    place::Point,
    span::{Instant, Span},
};

/// Which jobs are taken in hand, and whom else is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// A job, the job of an offer or of an assignment, or every job of a case, by its id.
    pub id: Uuid,
    /// Somebody who was not asked and whose other jobs matter.
    pub also: Option<Beside>,
    /// Reports of which it matters whether another job has them.
    pub reports: &'a [FactId],
}

/// Somebody who was not asked for a job.
#[derive(Debug, Clone, Copy)]
pub struct Beside {
    /// Who.
    pub technician: TechnicianId,
    /// When they are needed: the jobs they are asked for now, and those of their planned visits then, are taken in hand
    /// as well.
    pub needed: Option<Span>,
}

/// A job as it was loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What is known of it.
    pub known: Known,
    /// Every report of it. Their order means nothing.
    pub facts: Vec<Fact>,
    /// Reports of those that were asked for that another job has.
    pub foreign: Vec<FactId>,
    /// Whether anything was ever billed of it, or doubted.
    pub billing: Billing,
}

/// Whether a job was ever billed or doubted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billing {
    /// It has neither a settlement nor a review.
    Untouched,
    /// It has.
    Begun,
}

/// One row of one of the parts, told as a list.
#[derive(Deserialize)]
struct Row<'a> {
    part: i64,
    job_id: Uuid,
    #[serde(borrow)]
    body: &'a RawValue,
}

#[derive(Deserialize)]
struct AssignmentRow {
    #[serde(flatten)]
    assignment: Assignment,
    progress_at: Option<Instant>,
    progress_lat_e6: Option<i64>,
    progress_lon_e6: Option<i64>,
}

#[derive(Deserialize)]
struct FactRow {
    id: FactId,
    job_id: JobId,
    assignment_id: crate::domain::ids::AssignmentId,
    technician_id: TechnicianId,
    device: String,
    device_seq: i64,
    device_time: Instant,
    sent_at: Instant,
    received_at: Instant,
    told_by: Reporter,
    unresolved: Option<Unresolved>,
    data: String,
}

#[derive(Deserialize)]
struct WindowRow {
    id: WindowId,
    version: i64,
    technician_id: TechnicianId,
    job_id: JobId,
    starts_at: Instant,
    ends_at: Instant,
    state: WindowState,
    confirmation: String,
}

/// The parts of a docket, as the statement numbers them.
mod part {
    pub(super) const JOB: i64 = 1;
    pub(super) const OFFER: i64 = 2;
    pub(super) const ASSIGNMENT: i64 = 3;
    pub(super) const ELSEWHERE: i64 = 4;
    pub(super) const WINDOW: i64 = 5;
    pub(super) const ALARM: i64 = 6;
    pub(super) const DANGER: i64 = 7;
    pub(super) const IDENTITY: i64 = 8;
    pub(super) const FACT: i64 = 9;
    pub(super) const FOREIGN: i64 = 10;
    pub(super) const REVIEWED: i64 = 11;
    pub(super) const SETTLED: i64 = 12;
    pub(super) const AGREED: i64 = 13;
}

/// Loads the jobs, by id. One statement: what is seen of one job belongs together.
pub async fn load(tx: &mut Tx, wanted: Wanted<'_>) -> Result<Vec<Loaded>, Error> {
    let rows = rows(tx, wanted).await?;
    let rows: Vec<Row<'_>> =
        serde_json::from_str(&rows).map_err(|error| Error::corrupt("job", "row", error))?;
    assemble(&rows)
}

#[expect(clippy::too_many_lines, reason = "it is one statement, written for each engine")]
async fn rows(tx: &mut Tx, wanted: Wanted<'_>) -> Result<String, Error> {
    let also = wanted.also.map_or(Uuid::nil(), |beside| beside.technician.0);
    let needed = wanted.also.and_then(|beside| beside.needed);
    let reports: Vec<_> = wanted.reports.iter().map(|id| id.0.simple().to_string()).collect();
    let reports = serde_json::to_string(&reports).map_err(|error| Error::corrupt("fact", "id", error))?;
    let (rows,) = query!(tx, one One<String>, {
        sqlite: "
WITH wanted(id) AS MATERIALIZED (
    SELECT id FROM job WHERE id = $1 UNION SELECT job_id FROM offer WHERE id = $1
    UNION SELECT job_id FROM assignment WHERE id = $1 UNION SELECT id FROM job WHERE case_id = $1
    UNION SELECT job_id FROM offer WHERE technician_id = $2 AND state = 'open' AND $4 IS NOT NULL
    UNION SELECT job_id FROM planned_window
          WHERE technician_id = $2 AND state = 'planned' AND starts_at < $5 AND ends_at > $4),
looked_at(job_id, technician_id) AS MATERIALIZED (
    SELECT o.job_id, o.technician_id FROM wanted w CROSS JOIN offer o ON o.job_id = w.id UNION SELECT id, $2 FROM wanted)
SELECT json_group_array(json_array(part, hex(job_id), json(body))) AS rows FROM (
SELECT 1 AS part, j.id AS job_id, json_object('id', hex(j.id), 'version', version, 'case_id', hex(case_id),
    'job_code', job_code, 'trade', trade, 'priority', priority, 'state', state, 'state_since', state_since,
    'hold', hold, 'wake_at', wake_at, 'warned_at', warned_at, 'round', round, 'rung', rung, 'created_at', created_at,
    'closed_at', closed_at, 'rework_of', CASE WHEN rework_of IS NOT NULL THEN hex(rework_of) END) AS body
FROM wanted w CROSS JOIN job j ON j.id = w.id
UNION ALL
SELECT 2, o.job_id, json_object('id', hex(o.id), 'version', version, 'job_id', hex(job_id),
    'decision_id', hex(decision_id), 'firm_id', hex(firm_id), 'technician_id', hex(technician_id),
    'addressee', addressee, 'role', role, 'rank', rank, 'round', round, 'rung', rung, 'state', state,
    'offered_at', offered_at, 'deadline', deadline, 'answered_at', answered_at, 'decline_code', decline_code,
    'arrival_promised_at', arrival_promised_at, 'answered_via', answered_via, 'withdraw_code', withdraw_code,
    'naming_due_at', naming_due_at, 'agreed_at', agreed_at)
FROM wanted w CROSS JOIN offer o ON o.job_id = w.id
UNION ALL
SELECT CASE WHEN a.job_id = w.job_id THEN 3 ELSE 4 END, w.job_id, json_object('id', hex(a.id), 'version', version,
    'job_id', hex(a.job_id), 'offer_id', hex(offer_id), 'firm_id', hex(firm_id), 'technician_id', hex(a.technician_id),
    'slot', slot, 'assigned_at', assigned_at, 'counts_from', counts_from, 'arrival_due_at', arrival_due_at,
    'released_at', released_at, 'release_code', release_code, 'current_since', current_since,
    'heard_danger', heard_danger, 'heard_check', heard_check, 'progress_at', progress_at,
    'progress_lat_e6', progress_lat_e6, 'progress_lon_e6', progress_lon_e6)
FROM looked_at w CROSS JOIN assignment a ON a.technician_id = w.technician_id
WHERE a.job_id = w.job_id OR a.slot <> 'released'
UNION ALL
SELECT 5, p.job_id, json_object('id', hex(p.id), 'version', version, 'technician_id', hex(technician_id),
    'job_id', hex(job_id), 'starts_at', starts_at, 'ends_at', ends_at, 'state', state, 'confirmation', confirmation)
FROM wanted w CROSS JOIN planned_window p ON p.job_id = w.id WHERE p.state = 'planned'
UNION ALL
SELECT 6, l.subject_id, json_object('id', hex(l.id), 'version', version, 'kind', kind, 'subject', subject,
    'subject_id', hex(subject_id), 'state', state, 'raised_at', raised_at, 'rings_at', rings_at, 'rung', rung,
    'acknowledged_at', acknowledged_at, 'resolved_at', resolved_at)
FROM wanted w CROSS JOIN alarm l ON l.subject_id = w.id WHERE l.state <> 'resolved'
UNION ALL
SELECT 7, j.id, json_object('case_id', hex(h.case_id), 'number', h.number, 'hazard', h.hazard,
    'call_id', hex(h.call_id), 'raised_at', h.raised_at, 'cleared_at', h.cleared_at, 'cleared_by', h.cleared_by,
    'note_code', h.note_code)
FROM wanted w CROSS JOIN job j ON j.id = w.id CROSS JOIN case_hazard h ON h.case_id = j.case_id
UNION ALL
SELECT 8, i.job_id, json_object('number', i.number, 'method', i.method, 'planned_at', i.planned_at)
FROM wanted w CROSS JOIN identity_plan i ON i.job_id = w.id
UNION ALL
SELECT 9, f.job_id, json_object('id', hex(f.id), 'job_id', hex(job_id), 'assignment_id', hex(assignment_id),
    'technician_id', hex(technician_id), 'device', device, 'device_seq', device_seq, 'device_time', device_time,
    'sent_at', sent_at, 'received_at', received_at, 'told_by', told_by, 'unresolved', unresolved,
    'data', data)
FROM wanted w CROSS JOIN fact f ON f.job_id = w.id
UNION ALL
SELECT 10, w.id, json_quote(hex(f.id))
FROM json_each($3) r CROSS JOIN fact f ON f.id = unhex(r.value) CROSS JOIN wanted w WHERE f.job_id <> w.id
UNION ALL
SELECT 11, w.id, '0' FROM wanted w WHERE EXISTS (SELECT 1 FROM review WHERE job_id = w.id)
UNION ALL
SELECT 12, w.id, json_quote(s.settled_at) FROM wanted w CROSS JOIN settlement s ON s.job_id = w.id
UNION ALL
SELECT 13, w.id, json_object('payer', p.payer, 'at', p.recorded_at) FROM wanted w CROSS JOIN payer_authority p ON p.job_id = w.id)",
        postgres: "
WITH wanted(id) AS MATERIALIZED (
    SELECT id FROM job WHERE id = $1 UNION SELECT job_id FROM offer WHERE id = $1
    UNION SELECT job_id FROM assignment WHERE id = $1 UNION SELECT id FROM job WHERE case_id = $1
    UNION SELECT job_id FROM offer WHERE technician_id = $2 AND state = 'open' AND CAST($4 AS TIMESTAMPTZ) IS NOT NULL
    UNION SELECT job_id FROM planned_window
          WHERE technician_id = $2 AND state = 'planned' AND starts_at < $5 AND ends_at > $4),
looked_at(job_id, technician_id) AS MATERIALIZED (
    SELECT o.job_id, o.technician_id FROM wanted w JOIN offer o ON o.job_id = w.id UNION SELECT id, $2 FROM wanted)
SELECT CAST(COALESCE(json_agg(json_build_array(part, job_id, body)), '[]') AS TEXT) AS rows FROM (
SELECT 1 AS part, j.id AS job_id, row_to_json(j) AS body FROM wanted w JOIN job j ON j.id = w.id
UNION ALL
SELECT 2, o.job_id, row_to_json(o) FROM wanted w JOIN offer o ON o.job_id = w.id
UNION ALL
SELECT CASE WHEN a.job_id = w.job_id THEN 3 ELSE 4 END, w.job_id, row_to_json(a)
FROM looked_at w JOIN assignment a ON a.technician_id = w.technician_id
WHERE a.job_id = w.job_id OR a.slot <> 'released'
UNION ALL
SELECT 5, p.job_id, row_to_json(p) FROM wanted w JOIN planned_window p ON p.job_id = w.id
WHERE p.state = 'planned'
UNION ALL
SELECT 6, l.subject_id, row_to_json(l) FROM wanted w JOIN alarm l ON l.subject_id = w.id
WHERE l.state <> 'resolved'
UNION ALL
SELECT 7, j.id, row_to_json(h)
FROM wanted w JOIN job j ON j.id = w.id JOIN case_hazard h ON h.case_id = j.case_id
UNION ALL
SELECT 8, i.job_id, row_to_json(i) FROM wanted w JOIN identity_plan i ON i.job_id = w.id
UNION ALL
SELECT 9, f.job_id, row_to_json(f) FROM wanted w JOIN fact f ON f.job_id = w.id
UNION ALL
SELECT 10, w.id, to_json(f.id)
FROM fact f, wanted w
WHERE f.id = ANY(ARRAY(SELECT CAST(value AS UUID) FROM jsonb_array_elements_text(CAST($3 AS JSONB)))) AND f.job_id <> w.id
UNION ALL
SELECT 11, w.id, CAST('0' AS JSON) FROM wanted w WHERE EXISTS (SELECT 1 FROM review WHERE job_id = w.id)
UNION ALL
SELECT 12, w.id, to_json(s.settled_at) FROM wanted w JOIN settlement s ON s.job_id = w.id
UNION ALL
SELECT 13, w.id, json_build_object('payer', p.payer, 'at', p.recorded_at) FROM wanted w JOIN payer_authority p ON p.job_id = w.id) r"
    }, wanted.id, also, reports, needed.map(|span| span.from()), needed.map(|span| span.to()))?;
    Ok(rows)
}

/// Puts the rows together, job by job.
fn assemble(rows: &[Row<'_>]) -> Result<Vec<Loaded>, Error> {
    let mut loaded: Vec<Loaded> = Vec::new();
    for row in rows.iter().filter(|row| row.part == part::JOB) {
        let known = Known::new(read::<Job>("job", row)?);
        loaded.push(Loaded { known, facts: Vec::new(), foreign: Vec::new(), billing: Billing::Untouched });
    }
    for row in rows {
        let Some(one) = loaded.iter_mut().find(|one| one.known.job.id.0 == row.job_id) else { continue };
        let known = &mut one.known;
        match row.part {
            part::OFFER => known.offers.push(read::<Offer>("offer", row)?),
            part::ASSIGNMENT => known.assignments.push(assignment(row)?),
            part::ELSEWHERE => known.elsewhere.push(assignment(row)?),
            part::WINDOW => known.windows.push(window(row)?),
            part::ALARM => known.alarms.push(read("alarm", row)?),
            part::DANGER => known.dangers.push(read::<CaseHazard>("case_hazard", row)?),
            part::IDENTITY => known.checks.push(read::<PlannedCheck>("identity_plan", row)?),
            part::FACT => one.facts.push(fact(row)?),
            part::REVIEWED => one.billing = Billing::Begun,
            part::SETTLED => {
                one.billing = Billing::Begun;
                known.settled_at.push(read("settlement", row)?);
            }
            part::AGREED => known.agreed.push(read("payer_authority", row)?),
            part::FOREIGN => one.foreign.push(read("fact", row)?),
            _ => {}
        }
    }
    for Loaded { known, facts, .. } in &mut loaded {
        known.offers.sort_by_key(|offer| (offer.rank, offer.id));
        known.assignments.sort_by_key(|one| one.id);
        known.elsewhere.sort_by_key(|one| (one.slot(), one.id));
        known.alarms.sort_by_key(|alarm| alarm.id);
        known.dangers.sort_by_key(|danger| danger.number);
        known.settled_at.sort();
        known.agreed.sort();
        known.checks.sort_by_key(|check| check.number);
        facts.sort_by_key(|fact| fact.id);
    }
    loaded.sort_by_key(|one| one.known.job.id);
    Ok(loaded)
}

fn read<T: DeserializeOwned>(table: &'static str, row: &Row<'_>) -> Result<T, Error> {
    serde_json::from_str(row.body.get()).map_err(|error| Error::corrupt(table, "row", error))
}

fn assignment(row: &Row<'_>) -> Result<Assignment, Error> {
    let AssignmentRow { assignment, progress_at, progress_lat_e6, progress_lon_e6 } =
        read("assignment", row)?;
    let point = progress_lat_e6.zip(progress_lon_e6).map(|(lat, lon)| Point::from_e6(lat, lon));
    let point = point.transpose().map_err(|error| Error::corrupt("assignment", "progress_lat_e6", error))?;
    let progress = progress_at.zip(point).map(|(at, point)| Progress { at, point });
    Ok(Assignment { progress, ..assignment })
}

fn window(row: &Row<'_>) -> Result<Appointment, Error> {
    let row: WindowRow = read("planned_window", row)?;
    let confirmation = serde_json::from_str(&row.confirmation);
    Ok(Appointment {
        id: row.id,
        version: row.version,
        technician_id: row.technician_id,
        job_id: row.job_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        state: row.state,
        confirmation: confirmation
            .map_err(|error| Error::corrupt("planned_window", "confirmation", error))?,
    })
}

fn fact(row: &Row<'_>) -> Result<Fact, Error> {
    let row: FactRow = read("fact", row)?;
    Ok(Fact {
        id: row.id,
        job_id: row.job_id,
        assignment_id: row.assignment_id,
        technician_id: row.technician_id,
        device: row.device.try_into().map_err(|error| Error::corrupt("fact", "device", error))?,
        device_seq: row.device_seq,
        device_time: row.device_time,
        sent_at: row.sent_at,
        received_at: row.received_at,
        told_by: row.told_by,
        unresolved: row.unresolved,
        what: serde_json::from_str(&row.data).map_err(|error| Error::corrupt("fact", "data", error))?,
    })
}
