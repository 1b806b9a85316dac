//! What the figures of the service are made of: rows of a span of time, each list with a limit. The states are named so
//! that the indexes by state and time are used.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    calendar::DayClass,
    kpis::{
        ArrivedRow, CallRow, CaseRow, DangerRow, InterpreterRow, JobRow, LineRow, OfferRow, ReferralRow,
        Served,
    },
    offers::OfferState,
    span::{Instant, Span},
};

#[derive(FromRow)]
struct Call {
    id: Uuid,
    language: String,
    state: String,
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
    let call = |row: Call| {
        Ok(CallRow {
            id: row.id.into(),
            served: served(&row.language, row.offered_at),
            language: row.language,
            state: row.state.parse().map_err(|error| Error::corrupt("call", "state", error))?,
            offered_at: row.offered_at,
            answered_at: row.answered_at,
            ended_at: row.ended_at,
            wrapped_at: row.wrapped_at,
        })
    };
    rows.into_iter().map(call).collect()
}

/// The interpreters asked in those calls.
pub async fn interpreters(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<InterpreterRow>, Error> {
    let rows = query!(
        tx,
        all(Uuid, String, Instant, Option<Instant>),
        "SELECT i.call_id, i.state, i.requested_at, i.settled_at
         FROM call c JOIN interpretation i ON i.call_id = c.id
         WHERE c.offered_at >= $1 AND c.offered_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let asked = rows.into_iter().map(|(call, state, requested_at, settled_at)| InterpreterRow {
        call_id: call.into(),
        requested_at,
        joined_at: settled_at.filter(|_| state == "joined" || state == "left"),
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
    let rows = query!(
        tx,
        all(Uuid, String, Instant, Option<Instant>),
        "SELECT h.call_id, h.hazard, h.answered_at, i.given_at
         FROM call c JOIN hazard_answer h ON h.call_id = c.id AND h.answer = 'yes'
         LEFT JOIN hazard_instruction i ON i.call_id = h.call_id AND i.number = h.number
         WHERE c.offered_at >= $1 AND c.offered_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let dangers = rows.into_iter().map(|(call, hazard, told_at, instructed_at)| DangerRow {
        call_id: call.into(),
        hazard,
        told_at,
        instructed_at,
    });
    Ok(dangers.filter(|danger| counts(&danger.hazard)).collect())
}

#[derive(FromRow)]
struct Job {
    id: Uuid,
    case_id: Uuid,
    job_code: String,
    trade: String,
    priority: String,
    state: String,
    created_at: Instant,
    language: String,
    prefecture: Option<String>,
    answered_at: Option<Instant>,
    planned: i64,
    leavings: i64,
    reworks: i64,
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
                (SELECT COUNT(*) FROM planned_window w WHERE w.job_id = j.id) AS planned,
                (SELECT COUNT(*) FROM fact f WHERE f.job_id = j.id AND f.kind = 'leaving') AS leavings,
                (SELECT COUNT(*) FROM job r WHERE r.case_id = j.case_id AND r.rework_of = j.id) AS reworks
         FROM job j JOIN case_file c ON c.id = j.case_id
         LEFT JOIN case_place p ON p.case_id = j.case_id LEFT JOIN municipality m ON m.jis_code = p.jis_code
         WHERE j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let job = |row: Job| {
        Ok(JobRow {
            id: row.id.into(),
            case_id: row.case_id.into(),
            job_code: row.job_code,
            trade: row.trade.parse().map_err(|error| Error::corrupt("job", "trade", error))?,
            priority: row.priority.parse().map_err(|error| Error::corrupt("job", "priority", error))?,
            state: row.state.parse().map_err(|error| Error::corrupt("job", "state", error))?,
            created_at: row.created_at,
            language: row.language,
            prefecture: row.prefecture,
            day_class: day_class(row.created_at),
            answered_at: row.answered_at,
            is_planned: row.planned > 0,
            is_left: row.leavings > 0,
            is_reworked: row.reworks > 0,
        })
    };
    rows.into_iter().map(job).collect()
}

#[derive(FromRow)]
struct Offer {
    job_id: Uuid,
    firm_id: Uuid,
    name: String,
    role: String,
    state: String,
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
    let offer = |row: Offer| {
        let state = row.state.parse().map_err(|error| Error::corrupt("offer", "state", error))?;
        let taken_back = state == OfferState::Withdrawn && row.answered_via.is_some();
        Ok(OfferRow {
            job_id: row.job_id.into(),
            firm_id: row.firm_id.into(),
            firm: row.name,
            role: row.role.parse().map_err(|error| Error::corrupt("offer", "role", error))?,
            is_accepted: state == OfferState::Accepted || taken_back,
            // The answer's instant is that of the last thing that happened to the offer.
            accepted_at: if state == OfferState::Accepted { row.answered_at } else { row.assigned_at },
            state,
            promised_at: row.arrival_promised_at,
        })
    };
    rows.into_iter().map(offer).collect()
}

/// The arrivals at those jobs.
pub async fn arrivals(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<ArrivedRow>, Error> {
    let rows = query!(
        tx,
        all(Uuid, Instant, Instant, Instant),
        "SELECT f.job_id, f.device_time, f.sent_at, f.received_at FROM job j JOIN fact f ON f.job_id = j.id
         WHERE f.kind = 'arrival' AND j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let arrivals = rows.into_iter().map(|(job, device_time, sent_at, received_at)| ArrivedRow {
        job_id: job.into(),
        device_time,
        sent_at,
        received_at,
    });
    Ok(arrivals.collect())
}

#[derive(FromRow)]
struct Line {
    job_id: Uuid,
    kind: String,
    code: Option<String>,
    quantity: String,
    amount_yen: i64,
    consent_fact_id: Option<Uuid>,
}

/// The lines of those jobs that nothing has taken back.
pub async fn lines(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<LineRow>, Error> {
    let rows = query!(
        tx,
        all Line,
        "SELECT l.job_id, l.kind, l.code, l.quantity, l.amount_yen, l.consent_fact_id
         FROM job j JOIN ledger_line l ON l.job_id = j.id
         WHERE l.kind <> 'reversal' AND NOT EXISTS (SELECT 1 FROM ledger_line r WHERE r.reverses = l.id)
           AND j.created_at >= $1 AND j.created_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let line = |row: Line| {
        let table = "ledger_line";
        Ok(LineRow {
            job_id: row.job_id.into(),
            kind: row.kind.parse().map_err(|error| Error::corrupt(table, "kind", error))?,
            code: row.code.unwrap_or_default(),
            quantity: row.quantity.parse().map_err(|error| Error::corrupt(table, "quantity", error))?,
            amount_yen: row.amount_yen,
            is_consented: row.consent_fact_id.is_some(),
        })
    };
    rows.into_iter().map(line).collect()
}

/// The referrals that were made.
pub async fn referrals(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<ReferralRow>, Error> {
    let rows = query!(
        tx,
        all(Uuid, Option<Uuid>, String, String, Instant, Option<Instant>),
        "SELECT r.id, r.job_id, c.language, r.reason, r.decided_at,
                (SELECT MIN(a.at) FROM referral_acknowledgement a WHERE a.referral_id = r.id) AS acknowledged_at
         FROM referral r JOIN case_file c ON c.id = r.case_id
         WHERE r.decided_at >= $1 AND r.decided_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let referral =
        |(id, job, language, reason, decided_at, acknowledged_at): (_, Option<Uuid>, _, String, _, _)| {
            Ok(ReferralRow {
                id,
                job_id: job.map(Into::into),
                language,
                reason: reason.parse().map_err(|error| Error::corrupt("referral", "reason", error))?,
                decided_at,
                acknowledged_at,
            })
        };
    rows.into_iter().map(referral).collect()
}

/// The cases that were opened, with those of the same place and category before and after: the same flat is the same
/// point, address and room.
pub async fn cases(tx: &mut Tx, span: Span, limit: i64) -> Result<Vec<CaseRow>, Error> {
    let rows = query!(
        tx,
        all(Uuid, String, Instant, Option<Instant>, Option<Instant>),
        "SELECT c.id, c.language, c.opened_at,
                (SELECT MAX(o.opened_at) FROM case_place q JOIN case_file o ON o.id = q.case_id
                 WHERE q.lat_e6 = p.lat_e6 AND q.lon_e6 = p.lon_e6 AND q.address = p.address
                   AND COALESCE(q.room, '') = COALESCE(p.room, '') AND o.opened_at < c.opened_at
                   AND EXISTS (SELECT 1 FROM case_category a JOIN case_category b ON b.category = a.category
                               WHERE a.case_id = c.id AND b.case_id = o.id)) AS earlier,
                (SELECT MIN(o.opened_at) FROM case_place q JOIN case_file o ON o.id = q.case_id
                 WHERE q.lat_e6 = p.lat_e6 AND q.lon_e6 = p.lon_e6 AND q.address = p.address
                   AND COALESCE(q.room, '') = COALESCE(p.room, '') AND o.opened_at > c.opened_at
                   AND EXISTS (SELECT 1 FROM case_category a JOIN case_category b ON b.category = a.category
                               WHERE a.case_id = c.id AND b.case_id = o.id)) AS later
         FROM case_file c JOIN case_place p ON p.case_id = c.id
         WHERE c.opened_at >= $1 AND c.opened_at < $2 LIMIT $3",
        span.from(),
        span.to(),
        limit
    )?;
    let case = |(id, language, opened_at, before, after): (Uuid, _, _, _, _)| CaseRow {
        id: id.into(),
        language,
        opened_at,
        before,
        after,
    };
    Ok(rows.into_iter().map(case).collect())
}
