//! Reviews, and what supervisors decided. A decision is never changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
    codec::{Json, parsed, row},
    db::{One, id_list, query},
    search::Search,
};
use crate::domain::{
    facts::Flag,
    ids::{DisputeId, JobId, ReviewDecisionId, ReviewId, TokenId},
    money::Yen,
    payers::Agreement,
    perils::{KnownDanger, PlannedCheck},
    reviews::{About, Correction, Decision, DecisionReason, Review, ReviewState, Ruling},
    salted::Salted,
    span::Instant,
};

row! { Review: id, version, job_id, number, state, flags: Json, opened_at, closed_at }

/// Of a review.
macro_rules! columns {
    () => {
        "id, version, job_id, number, state, flags, opened_at, closed_at"
    };
}

#[derive(FromRow)]
pub(super) struct DecisionRow {
    pub(super) id: ReviewDecisionId,
    pub(super) job_id: JobId,
    pub(super) number: i64,
    pub(super) review_id: Option<ReviewId>,
    pub(super) dispute_id: Option<DisputeId>,
    pub(super) ruling: Ruling,
    pub(super) reason: DecisionReason,
    pub(super) data: Json<Data>,
    pub(super) decided_at: Instant,
    pub(super) decided_by: Option<TokenId>,
}

/// What of a decision is kept as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Data {
    flags: Vec<Flag>,
    correction: Correction,
}

impl TryFrom<DecisionRow> for Decision {
    type Error = Error;

    fn try_from(row: DecisionRow) -> Result<Self, Error> {
        let Json(Data { flags, correction }) = row.data;
        let about = match (row.review_id, row.dispute_id) {
            (Some(review), None) => About::Review(review),
            (None, Some(dispute)) => About::Dispute(dispute),
            _ => {
                let cause = "neither a review nor a dispute";
                return Err(Error::corrupt("review_decision", "review_id", cause));
            }
        };
        Ok(Self {
            id: row.id,
            job_id: row.job_id,
            number: row.number,
            about,
            ruling: row.ruling,
            reason: row.reason,
            flags,
            correction,
            decided_at: row.decided_at,
            decided_by: row.decided_by,
        })
    }
}

/// Has a new review kept with the use-case. There is an open one of its job already when a concurrent transaction was first.
pub fn insert(batch: &mut Batch, review: &Review) {
    later!(
        batch,
        one,
        "INSERT INTO review (id, version, job_id, number, state, flags, opened_at, closed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        review.id,
        review.version,
        review.job_id,
        review.number,
        review.state,
        Json(&review.flags),
        review.opened_at,
        review.closed_at
    );
}

/// Has an open review written with the use-case, over the version that was read.
pub fn save(batch: &mut Batch, review: &Review) {
    later!(
        batch,
        one,
        "UPDATE review SET version = version + 1, state = $3, flags = $4, closed_at = $5
         WHERE id = $1 AND version = $2 AND state = 'open'",
        review.id,
        review.version,
        review.state,
        Json(&review.flags),
        review.closed_at
    );
}

/// The review of an id.
pub async fn find(tx: &mut Tx, id: ReviewId) -> Result<Option<Review>, Error> {
    query!(
        tx,
        optional Review,
        concat!("SELECT ", columns!(), " FROM review WHERE id = $1"),
        id
    )
}

/// The reviews of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Review>, Error> {
    query!(
        tx,
        all Review,
        concat!("SELECT ", columns!(), " FROM review
            WHERE job_id = $1 ORDER BY number"),
        job
    )
}

/// The reviews after `after`, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<ReviewState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Review>, Error> {
    let search = Search::of(tx, concat!("SELECT ", columns!(), " FROM review WHERE id > $1")).bind(after);
    search.and("state = $", state).all(tx, "ORDER BY id LIMIT $", limit).await
}

/// Keeps a new decision and the words that go with it, if any.
pub fn decide(batch: &mut Batch, decision: &Decision, note: Option<&Salted>) {
    let data = Data { flags: decision.flags.clone(), correction: decision.correction.clone() };
    let (review, dispute) = match decision.about {
        About::Review(review) => (Some(review), None),
        About::Dispute(dispute) => (None, Some(dispute)),
    };
    later!(
        batch,
        one,
        "INSERT INTO review_decision (id, job_id, number, review_id, dispute_id, ruling, reason, data, decided_at,
                                      decided_by, note_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        decision.id,
        decision.job_id,
        decision.number,
        review,
        dispute,
        decision.ruling,
        decision.reason,
        Json(data),
        decision.decided_at,
        decision.decided_by,
        note.map(|words| words.hash().to_vec())
    );
    if let Some(words) = note {
        later!(
            batch,
            one,
            "INSERT INTO review_note (decision_id, note, salt) VALUES ($1, $2, $3)",
            decision.id,
            words.text.as_str(),
            words.salt.as_slice()
        );
    }
}

/// The decisions about a job, oldest first.
pub async fn decisions(tx: &mut Tx, job: JobId) -> Result<Vec<Decision>, Error> {
    let rows = query!(
        tx,
        all DecisionRow,
        "SELECT id, job_id, number, review_id, dispute_id, ruling, reason, data, decided_at, decided_by
         FROM review_decision WHERE job_id = $1 ORDER BY number",
        job
    )?;
    rows.into_iter().map(Decision::try_from).collect()
}

/// What was written about a decision; nothing once erased.
pub async fn note(tx: &mut Tx, decision: ReviewDecisionId) -> Result<Option<String>, Error> {
    let row = query!(
        tx,
        optional One<String>,
        "SELECT note FROM review_note WHERE decision_id = $1",
        decision
    )?;
    Ok(row.map(|(note,)| note))
}

/// What the bills of some jobs follow from, beside their facts.
#[derive(Debug, Default)]
pub struct Bills {
    /// The decisions about each job, oldest first.
    pub decisions: BTreeMap<JobId, Vec<Decision>>,
    /// What was ever dangerous about each job.
    pub dangers: BTreeMap<JobId, Vec<KnownDanger>>,
    /// How the identity was to be checked at each job.
    pub checks: BTreeMap<JobId, Vec<PlannedCheck>>,
    /// The sum of the lines of each job that has any.
    pub billed: BTreeMap<JobId, Yen>,
    /// The payers of each job who have agreed.
    pub agreed: BTreeMap<JobId, Vec<Agreement>>,
    /// When each job was settled.
    pub settled_at: BTreeMap<JobId, Vec<Instant>>,
    /// Every version of the datasets they are priced by, with when it came into force.
    pub versions: Vec<(String, i64, Instant)>,
}

#[derive(FromRow)]
struct BillRow {
    what: String,
    job_id: JobId,
    id: Uuid,
    number: i64,
    review_id: Option<Uuid>,
    dispute_id: Option<Uuid>,
    ruling: String,
    reason: String,
    data: String,
    at: Instant,
    decided_by: Option<TokenId>,
    until: Option<Instant>,
}

impl BillRow {
    fn decision(self) -> Result<Decision, Error> {
        let table = "review_decision";
        let data = serde_json::from_str(&self.data);
        let row = DecisionRow {
            id: self.id.into(),
            job_id: self.job_id,
            number: self.number,
            review_id: self.review_id.map(Into::into),
            dispute_id: self.dispute_id.map(Into::into),
            ruling: parsed(&self.ruling, table, "ruling")?,
            reason: parsed(&self.reason, table, "reason")?,
            data: Json(data.map_err(|error| Error::corrupt(table, "data", error))?),
            decided_at: self.at,
            decided_by: self.decided_by,
        };
        row.try_into()
    }
}

impl Bills {
    fn take(&mut self, row: BillRow) -> Result<(), Error> {
        let job = row.job_id;
        match row.what.as_str() {
            "decision" => self.decisions.entry(job).or_default().push(row.decision()?),
            "danger" => {
                let (number, hazard, raised_at, cleared_at) = (row.number, row.data, row.at, row.until);
                let danger = KnownDanger { number, hazard, raised_at, cleared_at };
                self.dangers.entry(job).or_default().push(danger);
            }
            "check" => {
                let method = parsed(&row.data, "identity_plan", "method")?;
                let check = PlannedCheck { number: row.number, method, planned_at: row.at };
                self.checks.entry(job).or_default().push(check);
            }
            "authority" => {
                let payer = parsed(&row.data, "payer_authority", "payer")?;
                self.agreed.entry(job).or_default().push(Agreement { payer, at: row.at });
            }
            "settlement" => self.settled_at.entry(job).or_default().push(row.at),
            "line" => {
                self.billed.insert(job, Yen(row.number));
            }
            _ => self.versions.push((row.data, row.number, row.at)),
        }
        Ok(())
    }
}

/// What the bills of some jobs follow from, beside their facts: in one statement, because they are priced in lists.
#[expect(clippy::too_many_lines, reason = "it is one statement, written for each engine")]
pub async fn bills(tx: &mut Tx, jobs: &[JobId], datasets: [&str; 2]) -> Result<Bills, Error> {
    let mut rows = query!(
        tx,
        all BillRow,
        {
            sqlite: "WITH wanted (id) AS (SELECT unhex(value) FROM json_each($1))
                     SELECT 'decision' AS what, d.job_id, d.id, d.number, d.review_id, d.dispute_id, d.ruling, d.reason,
                            d.data, d.decided_at AS at, d.decided_by, NULL AS until
                     FROM review_decision d WHERE d.job_id IN (SELECT id FROM wanted)
                     UNION ALL
                     SELECT 'danger', j.id, j.id, h.number, NULL, NULL, '', '', h.hazard, h.raised_at, NULL, h.cleared_at
                     FROM job j CROSS JOIN case_hazard h ON h.case_id = j.case_id
                     WHERE j.id IN (SELECT id FROM wanted)
                     UNION ALL
                     SELECT 'check', i.job_id, i.job_id, i.number, NULL, NULL, '', '', i.method, i.planned_at, NULL, NULL
                     FROM identity_plan i WHERE i.job_id IN (SELECT id FROM wanted)
                     UNION ALL
                     SELECT 'authority', p.job_id, p.id, 0, NULL, NULL, '', '', p.payer, p.recorded_at, NULL, NULL
                     FROM payer_authority p WHERE p.job_id IN (SELECT id FROM wanted)
                     UNION ALL
                     SELECT 'settlement', s.job_id, s.id, s.number, NULL, NULL, '', '', '', s.settled_at, NULL, NULL
                     FROM settlement s WHERE s.job_id IN (SELECT id FROM wanted)
                     UNION ALL
                     SELECT 'line', l.job_id, l.job_id, CAST(SUM(l.amount_yen) AS BIGINT), NULL, NULL, '', '', '',
                            MIN(s.settled_at), NULL, NULL
                     FROM ledger_line l JOIN settlement s ON s.id = l.settlement_id
                     WHERE l.job_id IN (SELECT id FROM wanted) GROUP BY l.job_id
                     UNION ALL
                     SELECT 'version', w.id, w.id, v.version, NULL, NULL, '', '', v.name, v.loaded_at, NULL, NULL
                     FROM reference_dataset v CROSS JOIN (SELECT MIN(id) AS id FROM wanted) w
                     WHERE v.name IN ($2, $3)",
            postgres: "WITH wanted (id) AS (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))
                       SELECT 'decision' AS what, d.job_id, d.id, d.number, d.review_id, d.dispute_id, d.ruling,
                              d.reason, d.data, d.decided_at AS at, d.decided_by, CAST(NULL AS TIMESTAMPTZ) AS until
                       FROM review_decision d WHERE d.job_id IN (SELECT id FROM wanted)
                       UNION ALL
                       SELECT 'danger', j.id, j.id, h.number, NULL, NULL, '', '', h.hazard, h.raised_at, NULL,
                              h.cleared_at
                       FROM job j JOIN case_hazard h ON h.case_id = j.case_id
                       WHERE j.id IN (SELECT id FROM wanted)
                       UNION ALL
                       SELECT 'check', i.job_id, i.job_id, i.number, NULL, NULL, '', '', i.method, i.planned_at, NULL,
                              NULL
                       FROM identity_plan i WHERE i.job_id IN (SELECT id FROM wanted)
                       UNION ALL
                       SELECT 'authority', p.job_id, p.id, 0, NULL, NULL, '', '', p.payer, p.recorded_at, NULL, NULL
                       FROM payer_authority p WHERE p.job_id IN (SELECT id FROM wanted)
                       UNION ALL
                       SELECT 'settlement', s.job_id, s.id, s.number, NULL, NULL, '', '', '', s.settled_at, NULL, NULL
                       FROM settlement s WHERE s.job_id IN (SELECT id FROM wanted)
                       UNION ALL
                       SELECT 'line', l.job_id, l.job_id, CAST(SUM(l.amount_yen) AS BIGINT), NULL, NULL, '', '', '',
                              MIN(s.settled_at), NULL, NULL
                       FROM ledger_line l JOIN settlement s ON s.id = l.settlement_id
                       WHERE l.job_id IN (SELECT id FROM wanted) GROUP BY l.job_id
                       UNION ALL
                       SELECT 'version', w.id, w.id, v.version, NULL, NULL, '', '', v.name, v.loaded_at, NULL, NULL
                       FROM reference_dataset v CROSS JOIN (SELECT id FROM wanted ORDER BY id LIMIT 1) w
                       WHERE v.name IN ($2, $3)"
        },
        id_list(jobs.iter().map(|job| job.0)),
        datasets[0],
        datasets[1]
    )?;
    rows.sort_by_key(|row| (row.number, row.id));
    let mut bills = Bills::default();
    for row in rows {
        bills.take(row)?;
    }
    Ok(bills)
}
