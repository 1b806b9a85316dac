//! What hangs on a job and on its case in few rows of many tables: each in one statement, however much of it there is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Json, parsed},
    db::query,
    erasure::needed,
    events,
    jobs::sees_to,
    reviews,
};
use crate::domain::{
    alarms::AlarmKind,
    cooling_off::StatutoryReceipt,
    dangers::{Answered, CaseHazard, Given},
    disputes::{Dispute, DisputeState, Resolution},
    evidence::{AbsenceReason, Evidence},
    ids::{CallId, CaseId, JobId},
    ledger::Settlement,
    money::Yen,
    payers::Agreement,
    payments::Payment,
    perils::{KnownDanger, Perils, PlannedCheck, SafetyRules},
    retention::Need,
    reviews::Decision,
    span::Instant,
    warrants::Warrant,
};

/// What hangs on a job.
#[derive(Debug, Default)]
pub struct Papers {
    /// The payments, in the order they were recorded.
    pub payments: Vec<Payment>,
    /// The receipts of the statutory document, in the order they were recorded.
    pub receipts: Vec<StatutoryReceipt>,
    /// The payers who have agreed.
    pub agreed: Vec<Agreement>,
    /// The disputes, oldest first.
    pub disputes: Vec<Dispute>,
    /// What supervisors decided about it, oldest first.
    pub decisions: Vec<Decision>,
    /// The settlements, oldest first.
    pub settlements: Vec<Settlement>,
    /// The pictures, erased ones too, in the order of their ids.
    pub evidence: Vec<Evidence>,
    /// Why nobody has signed, where that is written down.
    pub absence: Option<AbsenceReason>,
    /// What a person must know about it, as it came up.
    pub alarms: Vec<AlarmKind>,
    /// When the planned visit begins.
    pub starts_at: Option<Instant>,
    /// The versions of the datasets in force when the job was made, by name.
    pub versions: BTreeMap<String, i64>,
}

/// A paper of any kind: what a column holds depends on `what`.
#[derive(FromRow)]
struct PaperRow {
    what: String,
    id: Uuid,
    number: Option<i64>,
    code: Option<String>,
    code2: Option<String>,
    code3: Option<String>,
    text: Option<String>,
    ref1: Option<Uuid>,
    ref2: Option<Uuid>,
    ref3: Option<Uuid>,
    at1: Option<Instant>,
    at2: Option<Instant>,
    at3: Option<Instant>,
    bytes: Option<Vec<u8>>,
}

/// What a column must hold in a row of its kind.
fn there<T>(value: Option<T>, table: &'static str, column: &'static str) -> Result<T, Error> {
    value.ok_or_else(|| Error::corrupt(table, column, "nothing"))
}

fn read<T: FromStr<Err: Display>>(
    text: Option<String>,
    table: &'static str,
    column: &'static str,
) -> Result<T, Error> {
    parsed(&there(text, table, column)?, table, column)
}

impl Papers {
    fn take(&mut self, job: JobId, row: PaperRow) -> Result<(), Error> {
        match row.what.as_str() {
            "payment" => self.payments.push(row.payment(job)?),
            "receipt" => self.receipts.push(row.receipt(job)?),
            "authority" => {
                let table = "payer_authority";
                let at = there(row.at1, table, "recorded_at")?;
                self.agreed.push(Agreement { payer: read(row.code, table, "payer")?, at });
            }
            "dispute" => self.disputes.push(row.dispute(job)?),
            "decision" => self.decisions.push(row.decision(job)?),
            "settlement" => self.settlements.push(row.settlement(job)?),
            "evidence" => self.evidence.push(row.evidence(job)?),
            "absence" => self.absence = Some(read(row.code, "signature_absence", "reason")?),
            "alarm" => self.alarms.push(read(row.code, "alarm", "kind")?),
            "window" => self.starts_at = row.at1,
            _ => {
                let name = there(row.code, "reference_dataset", "name")?;
                self.versions.insert(name, there(row.number, "reference_dataset", "version")?);
            }
        }
        Ok(())
    }
}

impl PaperRow {
    fn payment(self, job: JobId) -> Result<Payment, Error> {
        let table = "payment";
        Ok(Payment {
            id: self.id.into(),
            job_id: job,
            kind: read(self.code, table, "kind")?,
            method: read(self.code2, table, "method")?,
            payer: read(self.code3, table, "payer")?,
            amount_yen: Yen(there(self.number, table, "amount_yen")?),
            received_at: there(self.at2, table, "received_at")?,
            reference: self.text,
            fact_id: self.ref1.map(Into::into),
            settlement_id: self.ref2.map(Into::into),
            recorded_at: there(self.at1, table, "recorded_at")?,
        })
    }

    fn receipt(self, job: JobId) -> Result<StatutoryReceipt, Error> {
        let table = "statutory_receipt";
        Ok(StatutoryReceipt {
            id: self.id.into(),
            job_id: job,
            number: there(self.number, table, "number")?,
            received_on: read(self.text, table, "received_on")?,
            recorded_at: there(self.at1, table, "recorded_at")?,
        })
    }

    fn dispute(self, job: JobId) -> Result<Dispute, Error> {
        let table = "dispute";
        let resolution = match self.at2 {
            Some(resolved_at) => Some(Resolution {
                outcome: read(self.code2, "dispute_resolution", "outcome")?,
                decision_id: self.ref1.map(Into::into),
                resolved_at,
            }),
            None => None,
        };
        Ok(Dispute {
            id: self.id.into(),
            job_id: job,
            number: there(self.number, table, "number")?,
            reason: read(self.code, table, "reason")?,
            payer: read(self.code3, table, "payer")?,
            opened_at: there(self.at1, table, "opened_at")?,
            state: if resolution.is_some() { DisputeState::Resolved } else { DisputeState::Open },
            resolution,
        })
    }

    fn decision(self, job: JobId) -> Result<Decision, Error> {
        let table = "review_decision";
        let data = serde_json::from_str(&there(self.text, table, "data")?);
        let row = reviews::DecisionRow {
            id: self.id.into(),
            job_id: job,
            number: there(self.number, table, "number")?,
            review_id: self.ref1.map(Into::into),
            dispute_id: self.ref2.map(Into::into),
            ruling: read(self.code, table, "ruling")?,
            reason: read(self.code2, table, "reason")?,
            data: Json(data.map_err(|error| Error::corrupt(table, "data", error))?),
            decided_at: there(self.at1, table, "decided_at")?,
            decided_by: self.ref3.map(Into::into),
        };
        row.try_into()
    }

    fn settlement(self, job: JobId) -> Result<Settlement, Error> {
        let table = "settlement";
        let hash = there(self.bytes, table, "record_hash")?.try_into();
        Ok(Settlement {
            id: self.id.into(),
            job_id: job,
            number: there(self.number, table, "number")?,
            record_hash: hash.map_err(|_| Error::corrupt(table, "record_hash", "not 32 bytes"))?,
            basis: read(self.code, table, "basis")?,
            decision_id: self.ref1.map(Into::into),
            settled_at: there(self.at1, table, "settled_at")?,
        })
    }

    fn evidence(self, job: JobId) -> Result<Evidence, Error> {
        let table = "evidence";
        let erased_for = self.code3.as_deref().map(|code| parsed(code, table, "erased_for"));
        Ok(Evidence {
            id: self.id.into(),
            job_id: job,
            firm_id: self.ref1.map(Into::into),
            technician_id: self.ref2.map(Into::into),
            kind: read(self.code, table, "kind")?,
            media_type: read(self.code2, table, "media_type")?,
            bytes: there(self.number, table, "bytes")?,
            sha256: hex::encode(there(self.bytes, table, "sha256")?),
            file: there(self.ref3, table, "file")?,
            device_time: there(self.at1, table, "device_time")?,
            received_at: there(self.at2, table, "received_at")?,
            erased_at: self.at3,
            erased_for: erased_for.transpose()?,
        })
    }
}

/// Everything that hangs on a job, but its reports, its lines and who goes; with the versions of two datasets.
pub async fn papers(tx: &mut Tx, job: JobId, datasets: [&str; 2]) -> Result<Papers, Error> {
    let mut rows = query!(
        tx,
        all PaperRow,
        "SELECT 'decision' AS what, id, number, ruling AS code, reason AS code2, CAST(NULL AS TEXT) AS code3,
                data AS text, review_id AS ref1, dispute_id AS ref2, decided_by AS ref3, decided_at AS at1,
                CAST(NULL AS TIMESTAMPTZ) AS at2, CAST(NULL AS TIMESTAMPTZ) AS at3, CAST(NULL AS BYTEA) AS bytes
         FROM review_decision WHERE job_id = $1
         UNION ALL
         SELECT 'payment', p.id, p.amount_yen, p.kind, p.method, p.payer, n.reference, p.fact_id, p.settlement_id, NULL,
                p.recorded_at, p.received_at, NULL, NULL
         FROM payment p LEFT JOIN payment_reference n ON n.payment_id = p.id WHERE p.job_id = $1
         UNION ALL
         SELECT 'receipt', id, number, NULL, NULL, NULL, received_on, NULL, NULL, NULL, recorded_at, NULL, NULL, NULL
         FROM statutory_receipt WHERE job_id = $1
         UNION ALL
         SELECT 'authority', id, NULL, payer, NULL, NULL, NULL, NULL, NULL, NULL, recorded_at, NULL, NULL, NULL
         FROM payer_authority WHERE job_id = $1
         UNION ALL
         SELECT 'dispute', d.id, d.number, d.reason, r.outcome, d.payer, NULL, r.decision_id, NULL, NULL, d.opened_at,
                r.resolved_at, NULL, NULL
         FROM dispute d LEFT JOIN dispute_resolution r ON r.dispute_id = d.id WHERE d.job_id = $1
         UNION ALL
         SELECT 'settlement', id, number, basis, NULL, NULL, NULL, decision_id, NULL, NULL, settled_at, NULL, NULL,
                record_hash
         FROM settlement WHERE job_id = $1
         UNION ALL
         SELECT 'evidence', id, bytes, kind, media_type, erased_for, NULL, firm_id, technician_id, file, device_time,
                received_at, erased_at, sha256
         FROM evidence WHERE job_id = $1
         UNION ALL
         SELECT 'absence', job_id, NULL, reason, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
         FROM signature_absence WHERE job_id = $1
         UNION ALL
         SELECT 'alarm', id, NULL, kind, NULL, NULL, NULL, NULL, NULL, NULL, raised_at, NULL, NULL, NULL
         FROM alarm WHERE subject_id = $1 AND state <> 'resolved' AND state <> 'waiting'
         UNION ALL
         SELECT 'window', id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, starts_at, NULL, NULL, NULL
         FROM planned_window WHERE job_id = $1 AND state = 'planned'
         UNION ALL
         SELECT 'version', $1, MAX(version), name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
         FROM reference_dataset
         WHERE name IN ($2, $3) AND loaded_at <= (SELECT created_at FROM job WHERE id = $1) GROUP BY name",
        job.0,
        datasets[0],
        datasets[1]
    )?;
    // Ids ascend as things were made.
    rows.sort_by_key(|row| row.id);
    let mut papers = Papers::default();
    for row in rows {
        papers.take(job, row)?;
    }
    papers.payments.sort_by_key(|payment| (payment.recorded_at, payment.id));
    papers.receipts.sort_by_key(|receipt| receipt.number);
    papers.settlements.sort_by_key(|settlement| settlement.number);
    papers.disputes.sort_by_key(|dispute| dispute.number);
    papers.decisions.sort_by_key(|decision| decision.number);
    Ok(papers)
}

/// What was told in a call about its hazards.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Every answer, in the order in which they were given.
    pub answers: Vec<Answered>,
    /// The instructions given.
    pub given: Vec<Given>,
}

/// What is known of a case about danger and about who opens the door.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Every danger, cleared ones too, in the order in which they were known.
    pub hazards: Vec<CaseHazard>,
    /// What was told in each call in which something was.
    pub told: BTreeMap<CallId, Told>,
    /// The plans for checking the identity, by job, in the order in which they were made.
    pub checks: BTreeMap<JobId, Vec<PlannedCheck>>,
    /// Who answers for what a rule asks first.
    pub warrants: Vec<Warrant>,
    /// The job codes that were referred.
    pub referred: BTreeSet<String>,
    /// The jobs that see to nothing any more.
    pub idle: BTreeSet<JobId>,
    /// What of it is not over.
    pub needs: BTreeSet<Need>,
}

impl Marks {
    /// What is, or was, dangerous about a job of the case, or unchecked.
    #[must_use]
    pub fn perils(&self, job: JobId, rules: &SafetyRules) -> Perils {
        let checks = self.checks.get(&job).map(Vec::as_slice).unwrap_or_default();
        Perils::of(self.hazards.iter().map(KnownDanger::from), checks, rules)
    }
}

#[derive(FromRow)]
struct MarkRow {
    what: String,
    id: Uuid,
    number: Option<i64>,
    hazard: Option<String>,
    code: Option<String>,
    code2: Option<String>,
    at1: Option<Instant>,
    at2: Option<Instant>,
    made_by: Option<Uuid>,
}

impl Marks {
    fn take(&mut self, case: CaseId, row: MarkRow) -> Result<(), Error> {
        match row.what.as_str() {
            "hazard" => {
                let table = "case_hazard";
                let cleared_by = row.code.as_deref().map(|code| parsed(code, table, "cleared_by"));
                let note_code = row.code2.as_deref().map(|code| parsed(code, table, "note_code"));
                self.hazards.push(CaseHazard {
                    case_id: case,
                    number: there(row.number, table, "number")?,
                    hazard: there(row.hazard, table, "hazard")?,
                    call_id: row.id.into(),
                    raised_at: there(row.at1, table, "raised_at")?,
                    cleared_at: row.at2,
                    cleared_by: cleared_by.transpose()?,
                    note_code: note_code.transpose()?,
                });
            }
            "answer" => {
                let table = "hazard_answer";
                let number = there(row.number, table, "number")?;
                let answer = read(row.code, table, "answer")?;
                let told = self.told.entry(row.id.into()).or_default();
                told.given.extend(row.at2.map(|given_at| Given { number, given_at }));
                told.answers.push(Answered {
                    number,
                    hazard: there(row.hazard, table, "hazard")?,
                    answer,
                    answered_at: there(row.at1, table, "answered_at")?,
                });
            }
            "warrant" => {
                let table = "warrant";
                self.warrants.push(Warrant {
                    case_id: case,
                    number: there(row.number, table, "number")?,
                    kind: read(row.code, table, "kind")?,
                    reason: read(row.code2, table, "reason")?,
                    job_code: row.hazard,
                    at: there(row.at1, table, "at")?,
                    recorded_by: row.made_by.map(Into::into),
                });
            }
            "referral" => self.referred.extend(row.hazard),
            "idle" => _ = self.idle.insert(row.id.into()),
            "need" => _ = self.needs.insert(read(row.code, "case_file", "need")?),
            _ => {
                let table = "identity_plan";
                self.checks.entry(row.id.into()).or_default().push(PlannedCheck {
                    number: there(row.number, table, "number")?,
                    method: read(row.code, table, "method")?,
                    planned_at: there(row.at1, table, "planned_at")?,
                });
            }
        }
        Ok(())
    }
}

/// The dangers of a case, what was told about them in its calls, how the identity is checked for each of its jobs, who answers
/// for what, and how much was referred.
pub async fn marks(tx: &mut Tx, case: CaseId) -> Result<Marks, Error> {
    let rows = query!(
        tx,
        all MarkRow,
        concat!("SELECT 'hazard' AS what, call_id AS id, number, hazard, cleared_by AS code, note_code AS code2,
                raised_at AS at1, cleared_at AS at2, CAST(NULL AS UUID) AS made_by
         FROM case_hazard WHERE case_id = $1
         UNION ALL
         SELECT 'answer', a.call_id, a.number, a.hazard, a.answer, NULL, a.answered_at, i.given_at, NULL
         FROM call k JOIN hazard_answer a ON a.call_id = k.id
              LEFT JOIN hazard_instruction i ON i.call_id = a.call_id AND i.number = a.number
         WHERE k.case_id = $1
         UNION ALL
         SELECT 'warrant', w.case_id, w.number, w.job_code, w.kind, w.reason, w.at, NULL, w.recorded_by
         FROM warrant w WHERE w.case_id = $1
         UNION ALL
         SELECT 'referral', r.id, NULL, r.job_code, NULL, NULL, NULL, NULL, NULL
         FROM referral r WHERE r.case_id = $1
         UNION ALL
         SELECT 'idle', j.id, NULL, NULL, NULL, NULL, NULL, NULL, NULL
         FROM case_file c JOIN job j ON j.case_id = c.id WHERE c.id = $1 AND NOT (", sees_to!(), ")
         UNION ALL
         SELECT 'need', c.id, NULL, NULL, n.need, NULL, NULL, NULL, NULL
         FROM (", needed!(), ") n JOIN case_file c ON c.id = $1
         UNION ALL
         SELECT 'plan', j.id, p.number, NULL, p.method, NULL, p.planned_at, NULL, NULL
         FROM job j JOIN identity_plan p ON p.job_id = j.id WHERE j.case_id = $1"),
        case.0
    )?;
    let mut marks = Marks::default();
    for row in rows {
        marks.take(case, row)?;
    }
    marks.hazards.sort_by_key(|hazard| hazard.number);
    marks.warrants.sort_by_key(|warrant| warrant.number);
    for checks in marks.checks.values_mut() {
        checks.sort_by_key(|check| check.number);
    }
    for told in marks.told.values_mut() {
        told.answers.sort_by_key(|answer| answer.number);
        told.given.sort_by_key(|given| given.number);
    }
    Ok(marks)
}

/// What happened to a job and its case, oldest first; of each the first `limit`.
pub async fn happened(
    tx: &mut Tx,
    job: JobId,
    case: CaseId,
    limit: i64,
) -> Result<Vec<events::Logged>, Error> {
    let rows = query!(
        tx,
        all events::Row,
        "SELECT ord, id, at, actor, actor_id, subject, subject_id, kind, data, seals FROM event
         WHERE ord IN (SELECT ord FROM event WHERE subject_id = $1 ORDER BY ord LIMIT $3)
            OR ord IN (SELECT ord FROM event WHERE subject_id = $2 ORDER BY ord LIMIT $3)
         ORDER BY ord",
        job.0,
        case.0,
        limit
    )?;
    rows.into_iter().map(events::Logged::try_from).collect()
}
