//! What the figures of the service are made of: rows of a span of time, each list with a limit. The states are named so
//! that the indexes by state and time are used.

use sqlx::FromRow;

use super::{
    Error, Tx,
    codec::{Text, row},
    db::query,
};
use crate::domain::{
    calendar::DayClass,
    calls::CallState,
    ids::{CallId, CaseId, FirmId, JobId},
    interpretations::InterpretationState,
    jobs::JobState,
    kpis::{
        ArrivedRow, CallRow, CaseRow, DangerRow, InterpreterRow, JobRow, LineRow, OfferRow, ReferralRow,
        Served,
    },
    offers::{CrewRole, OfferState},
    span::{Instant, Span},
    trade::{Priority, Trade},
};

#[derive(FromRow)]
struct Call {
    id: CallId,
    language: String,
    state: CallState,
    offered_at: Instant,
    answered_at: Option<Instant>,
    ended_at: Option<Instant>,
    wrapped_at: Option<Instant>,
}

/// The calls that rang; `served` tells of a language and an instant whether somebody was there to speak it.
pub async fn calls(
    tx: &mut Tx,
    span: Span,
    limit: i64,
    served: impl Fn(&str, Instant) -> Served,
) -> Result<Vec<CallRow>, Error> {
    let rows = query!(
        tx,
        all Call,
        "SELECT id, language, state, offered_at, answered_at, ended_at, wrapped_at FROM call
         WHERE state IN ('offered', 'answered', 'ended', 'wrapped', 'abandoned')
           AND offered_at >= $1 AND offered_at < $2
         LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let calls = rows.into_iter().map(|row| CallRow {
        id: row.id,
        served: served(&row.language, row.offered_at),
        language: row.language,
        state: row.state,
        offered_at: row.offered_at,
        answered_at: row.answered_at,
        ended_at: row.ended_at,
        wrapped_at: row.wrapped_at,
    });
    Ok(calls.collect())
}

/// The interpreters asked in those calls.
pub async fn interpreters(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<InterpreterRow>, Error> {
    let rows = query!(
        tx,
        all(CallId, InterpretationState, Instant, Option<Instant>),
        "SELECT i.call_id, i.state, i.requested_at, i.settled_at
         FROM call c JOIN interpretation i ON i.call_id = c.id
         WHERE c.offered_at >= $1 AND c.offered_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let asked = rows.into_iter().map(|(call_id, state, requested_at, settled_at)| InterpreterRow {
        call_id,
        requested_at,
        joined_at: settled_at
            .filter(|_| matches!(state, InterpretationState::Joined | InterpretationState::Left)),
    });
    Ok(asked.collect())
}

/// The dangers told in those calls; `counts` tells which of them call for somebody to be called.
pub async fn dangers(
    tx: &mut Tx,
    span: Span,
    limit: i64,
    counts: impl Fn(&str) -> bool,
) -> Result<Vec<DangerRow>, Error> {
    let dangers = query!(
        tx,
        all DangerRow,
        "SELECT h.call_id, h.hazard, h.answered_at AS told_at, i.given_at AS instructed_at
         FROM call c JOIN hazard_answer h ON h.call_id = c.id AND h.answer = 'yes'
         LEFT JOIN hazard_instruction i ON i.call_id = h.call_id AND i.number = h.number
         WHERE c.offered_at >= $1 AND c.offered_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    Ok(dangers.into_iter().filter(|danger: &DangerRow| counts(&danger.hazard)).collect())
}

row! { DangerRow: call_id, hazard, told_at, instructed_at }

#[derive(FromRow)]
struct Job {
    id: JobId,
    case_id: CaseId,
    job_code: String,
    trade: Trade,
    priority: Priority,
    state: JobState,
    created_at: Instant,
    language: String,
    prefecture: Option<String>,
    answered_at: Option<Instant>,
    is_planned: bool,
    is_left: bool,
    is_reworked: bool,
}

/// The jobs that were made; `day_class` tells the class of the day.
pub async fn jobs(
    tx: &mut Tx,
    span: Span,
    limit: i64,
    day_class: impl Fn(Instant) -> DayClass,
) -> Result<Vec<JobRow>, Error> {
    let rows = query!(
        tx,
        all Job,
        "SELECT j.id, j.case_id, j.job_code, j.trade, j.priority, j.state, j.created_at, c.language, m.prefecture,
                (SELECT MAX(t.answered_at) FROM call t WHERE t.case_id = j.case_id AND t.answered_at <= j.created_at)
                    AS answered_at,
                EXISTS (SELECT 1 FROM planned_window w WHERE w.job_id = j.id) AS is_planned,
                EXISTS (SELECT 1 FROM fact f WHERE f.job_id = j.id AND f.kind = 'leaving') AS is_left,
                EXISTS (SELECT 1 FROM job r WHERE r.case_id = j.case_id AND r.rework_of = j.id) AS is_reworked
         FROM job j JOIN case_file c ON c.id = j.case_id
         LEFT JOIN case_place p ON p.case_id = j.case_id LEFT JOIN municipality m ON m.jis_code = p.jis_code
         WHERE j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let jobs = rows.into_iter().map(|row| JobRow {
        id: row.id,
        case_id: row.case_id,
        job_code: row.job_code,
        trade: row.trade,
        priority: row.priority,
        state: row.state,
        created_at: row.created_at,
        language: row.language,
        prefecture: row.prefecture,
        day_class: day_class(row.created_at),
        answered_at: row.answered_at,
        is_planned: row.is_planned,
        is_left: row.is_left,
        is_reworked: row.is_reworked,
    });
    Ok(jobs.collect())
}

#[derive(FromRow)]
struct Offer {
    job_id: JobId,
    firm_id: FirmId,
    name: String,
    role: CrewRole,
    state: OfferState,
    answered_at: Option<Instant>,
    answered_via: Option<String>,
    arrival_promised_at: Option<Instant>,
    assigned_at: Option<Instant>,
}

/// The offers of those jobs.
pub async fn offers(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<OfferRow>, Error> {
    let rows = query!(
        tx,
        all Offer,
        "SELECT o.job_id, o.firm_id, f.name, o.role, o.state, o.answered_at, o.answered_via, o.arrival_promised_at,
                a.assigned_at
         FROM job j JOIN offer o ON o.job_id = j.id JOIN firm f ON f.id = o.firm_id
         LEFT JOIN assignment a ON a.offer_id = o.id
         WHERE j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let offers = rows.into_iter().map(|row| {
        let taken_back = row.state == OfferState::Withdrawn && row.answered_via.is_some();
        let is_taken = row.state == OfferState::Accepted;
        OfferRow {
            job_id: row.job_id,
            firm_id: row.firm_id,
            firm: row.name,
            role: row.role,
            is_accepted: is_taken || taken_back,
            // The answer's instant is that of the last thing that happened to the offer.
            accepted_at: if is_taken { row.answered_at } else { row.assigned_at },
            state: row.state,
            promised_at: row.arrival_promised_at,
        }
    });
    Ok(offers.collect())
}

/// The arrivals at those jobs.
pub async fn arrivals(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<ArrivedRow>, Error> {
    query!(
        tx,
        all ArrivedRow,
        "SELECT f.job_id, f.device_time, f.sent_at, f.received_at FROM job j JOIN fact f ON f.job_id = j.id
         WHERE f.kind = 'arrival' AND j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )
}

row! { ArrivedRow: job_id, device_time, sent_at, received_at }

row! { LineRow: job_id, kind, code, quantity: Text, amount_yen, is_consented }

/// The lines of those jobs that nothing has taken back.
pub async fn lines(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<LineRow>, Error> {
    query!(
        tx,
        all LineRow,
        "SELECT l.job_id, l.kind, COALESCE(l.code, '') AS code, l.quantity, l.amount_yen,
                l.consent_fact_id IS NOT NULL AS is_consented
         FROM job j JOIN ledger_line l ON l.job_id = j.id
         WHERE l.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM ledger_line r WHERE r.reverses = l.id)
           AND j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )
}

/// The referrals that were made.
pub async fn referrals(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<ReferralRow>, Error> {
    query!(
        tx,
        all ReferralRow,
        "SELECT r.id, r.job_id, c.language, r.reason, r.decided_at,
                (SELECT MIN(a.at) FROM referral_acknowledgement a WHERE a.referral_id = r.id) AS acknowledged_at
         FROM referral r JOIN case_file c ON c.id = r.case_id
         WHERE r.decided_at >= $1 AND r.decided_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )
}

row! { ReferralRow: id, job_id, language, reason, decided_at, acknowledged_at }

/// The cases that were opened, with those of the same place and category before and after: the same flat is the same
/// point, address and room.
pub async fn cases(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<CaseRow>, Error> {
    query!(
        tx,
        all CaseRow,
        "SELECT c.id, c.language, c.opened_at,
                (SELECT MAX(o.opened_at) FROM case_place q JOIN case_file o ON o.id = q.case_id
                 WHERE q.lat_e6 = p.lat_e6 AND q.lon_e6 = p.lon_e6 AND q.address = p.address
                   AND COALESCE(q.room, '') = COALESCE(p.room, '') AND o.opened_at < c.opened_at
                   AND EXISTS (SELECT 1 FROM case_category a JOIN case_category b ON b.category = a.category
                               WHERE a.case_id = c.id AND b.case_id = o.id)) AS before,
                (SELECT MIN(o.opened_at) FROM case_place q JOIN case_file o ON o.id = q.case_id
                 WHERE q.lat_e6 = p.lat_e6 AND q.lon_e6 = p.lon_e6 AND q.address = p.address
                   AND COALESCE(q.room, '') = COALESCE(p.room, '') AND o.opened_at > c.opened_at
                   AND EXISTS (SELECT 1 FROM case_category a JOIN case_category b ON b.category = a.category
                               WHERE a.case_id = c.id AND b.case_id = o.id)) AS after
         FROM case_file c JOIN case_place p ON p.case_id = c.id
         WHERE c.opened_at >= $1 AND c.opened_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )
}

row! { CaseRow: id, language, opened_at, before, after }
