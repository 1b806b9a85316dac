//! Referrals, with what is said and whom it is said to apart.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    ids::{CaseId, ReferralId, TokenId},
    referrals::{Acknowledged, Attempt, DeskHours, Recipient, Referral, ReferralState, Texts},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    case_id: Uuid,
    job_id: Option<Uuid>,
    job_code: Option<String>,
    reason: String,
    stage: String,
    component: String,
    private_or_common: String,
    lessee_kind: String,
    consent_to_contact: String,
    evidence: String,
    stop_gap_at: Option<Instant>,
    state: String,
    decided_at: Instant,
    follow_up_due: Option<Instant>,
    follow_up_basis: String,
    outcome: Option<String>,
    closed_at: Option<Instant>,
}

impl TryFrom<Row> for Referral {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let corrupt = |column| move |error| Error::corrupt("referral", column, error);
        let outcome = row.outcome.map(|code| code.parse().map_err(corrupt("outcome"))).transpose()?;
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            case_id: row.case_id.into(),
            job_id: row.job_id.map(Into::into),
            job_code: row.job_code,
            reason: row.reason.parse().map_err(corrupt("reason"))?,
            stage: row.stage.parse().map_err(corrupt("stage"))?,
            component: row.component.parse().map_err(corrupt("component"))?,
            private_or_common: row.private_or_common.parse().map_err(corrupt("private_or_common"))?,
            lessee_kind: row.lessee_kind.parse().map_err(corrupt("lessee_kind"))?,
            consent_to_contact: row.consent_to_contact.parse().map_err(corrupt("consent_to_contact"))?,
            evidence: serde_json::from_str(&row.evidence)
                .map_err(|error| Error::corrupt("referral", "evidence", error))?,
            stop_gap_at: row.stop_gap_at,
            state: row.state.parse().map_err(corrupt("state"))?,
            decided_at: row.decided_at,
            follow_up_due: row.follow_up_due,
            follow_up_assumed: row.follow_up_basis == "assumed",
            outcome,
            closed_at: row.closed_at,
        })
    }
}

fn json(value: &impl serde::Serialize, column: &'static str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::corrupt("referral", column, error))
}

fn basis(referral: &Referral) -> &'static str {
    if referral.follow_up_assumed { "assumed" } else { "known" }
}

/// Holds the case open until this transaction ends; whether it is open.
pub async fn hold_case_open(tx: &mut Tx, case: CaseId) -> Result<bool, Error> {
    let held = query!(
        tx,
        execute,
        "UPDATE case_file SET version = version WHERE id = $1 AND state = 'open'",
        case.0
    )?;
    Ok(held == 1)
}

/// Keeps a new referral with its texts and recipients.
pub async fn insert(
    tx: &mut Tx,
    referral: &Referral,
    by: Option<TokenId>,
    texts: &Texts,
    recipients: &[Recipient],
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO referral (id, version, case_id, job_id, job_code, reason, stage, component, private_or_common,
                               lessee_kind, consent_to_contact, evidence, stop_gap_at, state, decided_at, decided_by,
                               follow_up_due, follow_up_basis)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        referral.id.0,
        referral.version,
        referral.case_id.0,
        referral.job_id.map(|id| id.0),
        referral.job_code.as_deref(),
        referral.reason.as_str(),
        referral.stage.as_str(),
        referral.component.as_str(),
        referral.private_or_common.as_str(),
        referral.lessee_kind.as_str(),
        referral.consent_to_contact.as_str(),
        json(&referral.evidence, "evidence")?,
        referral.stop_gap_at,
        referral.state.as_str(),
        referral.decided_at,
        by.map(|id| id.0),
        referral.follow_up_due,
        basis(referral)
    )?;
    insert_texts(tx, referral.id, texts).await?;
    for recipient in recipients {
        insert_recipient(tx, referral.id, recipient).await?;
    }
    Ok(())
}

async fn insert_texts(tx: &mut Tx, id: ReferralId, texts: &Texts) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO referral_text (referral_id, symptom, age_hint, basis_text, stop_gap, stop_gap_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id.0,
        &texts.symptom,
        texts.age_hint.as_deref(),
        &texts.basis_text,
        texts.stop_gap.as_deref(),
        texts.stop_gap_by.as_deref()
    )?;
    Ok(())
}

async fn insert_recipient(tx: &mut Tx, id: ReferralId, recipient: &Recipient) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO referral_recipient (referral_id, kind, name, phone, email, hours, emergency_phone)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        recipient.kind.as_str(),
        recipient.name.as_deref(),
        recipient.phone.as_deref(),
        recipient.email.as_deref(),
        json(&recipient.hours, "hours")?,
        recipient.emergency_phone.as_deref()
    )?;
    Ok(())
}

/// The referral of an id.
pub async fn find(tx: &mut Tx, id: ReferralId) -> Result<Option<Referral>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, case_id, job_id, job_code, reason, stage, component, private_or_common, lessee_kind,
                consent_to_contact, evidence, stop_gap_at, state, decided_at, follow_up_due, follow_up_basis, outcome,
                closed_at
         FROM referral WHERE id = $1",
        id.0
    )?;
    row.map(Referral::try_from).transpose()
}

/// The referral, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: ReferralId) -> Result<Option<Referral>, Error> {
    let row = query!(
        tx,
        optional Row,
        "UPDATE referral SET version = version + 1 WHERE id = $1
         RETURNING id, version, case_id, job_id, job_code, reason, stage, component, private_or_common, lessee_kind,
                   consent_to_contact, evidence, stop_gap_at, state, decided_at, follow_up_due, follow_up_basis,
                   outcome, closed_at",
        id.0
    )?;
    row.map(Referral::try_from).transpose()
}

/// Writes what may change of a locked referral.
pub async fn save(tx: &mut Tx, referral: &Referral) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE referral SET state = $3, follow_up_due = $4, follow_up_basis = $5, outcome = $6, closed_at = $7
         WHERE id = $1 AND version = $2",
        referral.id.0,
        referral.version,
        referral.state.as_str(),
        referral.follow_up_due,
        basis(referral),
        referral.outcome.map(|outcome| outcome.as_str()),
        referral.closed_at
    )?;
    Ok(())
}

/// Writes whom to tell of a locked referral, and whether the centre may.
pub async fn readdress(tx: &mut Tx, referral: &Referral, recipients: &[Recipient]) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE referral SET lessee_kind = $3, consent_to_contact = $4 WHERE id = $1 AND version = $2",
        referral.id.0,
        referral.version,
        referral.lessee_kind.as_str(),
        referral.consent_to_contact.as_str()
    )?;
    query!(tx, execute, "DELETE FROM referral_recipient WHERE referral_id = $1", referral.id.0)?;
    for recipient in recipients {
        insert_recipient(tx, referral.id, recipient).await?;
    }
    Ok(())
}

/// The referrals of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Referral>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, case_id, job_id, job_code, reason, stage, component, private_or_common, lessee_kind,
                consent_to_contact, evidence, stop_gap_at, state, decided_at, follow_up_due, follow_up_basis, outcome,
                closed_at
         FROM referral WHERE case_id = $1 ORDER BY id",
        case.0
    )?;
    rows.into_iter().map(Referral::try_from).collect()
}

/// The referrals after `after`, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<ReferralState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Referral>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, case_id, job_id, job_code, reason, stage, component, private_or_common, lessee_kind,
                consent_to_contact, evidence, stop_gap_at, state, decided_at, follow_up_due, follow_up_basis, outcome,
                closed_at
         FROM referral WHERE id > $1 AND ($2 = '' OR state = $2) ORDER BY id LIMIT $3",
        after,
        state.map_or("", ReferralState::as_str),
        limit
    )?;
    rows.into_iter().map(Referral::try_from).collect()
}

#[derive(FromRow)]
struct TextRow {
    symptom: String,
    age_hint: Option<String>,
    basis_text: String,
    stop_gap: Option<String>,
    stop_gap_by: Option<String>,
}

/// What is said; nothing once erased.
pub async fn texts(tx: &mut Tx, id: ReferralId) -> Result<Option<Texts>, Error> {
    let row = query!(
        tx,
        optional TextRow,
        "SELECT symptom, age_hint, basis_text, stop_gap, stop_gap_by FROM referral_text WHERE referral_id = $1",
        id.0
    )?;
    Ok(row.map(|row| Texts {
        symptom: row.symptom,
        age_hint: row.age_hint,
        basis_text: row.basis_text,
        stop_gap: row.stop_gap,
        stop_gap_by: row.stop_gap_by,
    }))
}

#[derive(FromRow)]
struct RecipientRow {
    kind: String,
    name: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    hours: String,
    emergency_phone: Option<String>,
}

impl TryFrom<RecipientRow> for Recipient {
    type Error = Error;

    fn try_from(row: RecipientRow) -> Result<Self, Error> {
        let corrupt =
            |column, error: &dyn std::fmt::Display| Error::corrupt("referral_recipient", column, error);
        let hours =
            serde_json::from_str::<DeskHours>(&row.hours).map_err(|error| corrupt("hours", &error))?;
        Ok(Self {
            kind: row.kind.parse().map_err(|error| corrupt("kind", &error))?,
            name: row.name,
            phone: row.phone,
            email: row.email,
            hours,
            emergency_phone: row.emergency_phone,
        })
    }
}

/// Who is told; nobody once erased.
pub async fn recipients(tx: &mut Tx, id: ReferralId) -> Result<Vec<Recipient>, Error> {
    let rows = query!(
        tx,
        all RecipientRow,
        "SELECT kind, name, phone, email, hours, emergency_phone FROM referral_recipient
         WHERE referral_id = $1 ORDER BY kind",
        id.0
    )?;
    rows.into_iter().map(Recipient::try_from).collect()
}

/// Keeps an attempt.
pub async fn insert_attempt(
    tx: &mut Tx,
    id: Uuid,
    referral: ReferralId,
    attempt: &Attempt,
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO referral_attempt (id, referral_id, at, made_by, recipient, channel, language, template_version,
                                       delivery_status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        referral.0,
        attempt.at,
        by.map(|token| token.0),
        attempt.recipient.map(|kind| kind.as_str()),
        attempt.channel.as_str(),
        &attempt.language,
        &attempt.template_version,
        attempt.delivery_status.as_str()
    )?;
    Ok(())
}

#[derive(FromRow)]
struct AttemptRow {
    at: Instant,
    recipient: Option<String>,
    channel: String,
    language: String,
    template_version: String,
    delivery_status: String,
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = Error;

    fn try_from(row: AttemptRow) -> Result<Self, Error> {
        let corrupt = |column| move |error| Error::corrupt("referral_attempt", column, error);
        let recipient = row.recipient.map(|code| code.parse().map_err(corrupt("recipient"))).transpose()?;
        Ok(Self {
            at: row.at,
            recipient,
            channel: row.channel.parse().map_err(corrupt("channel"))?,
            language: row.language,
            template_version: row.template_version,
            delivery_status: row.delivery_status.parse().map_err(corrupt("delivery_status"))?,
        })
    }
}

/// The attempts, oldest first.
pub async fn attempts(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Attempt>, Error> {
    let rows = query!(
        tx,
        all AttemptRow,
        "SELECT at, recipient, channel, language, template_version, delivery_status FROM referral_attempt
         WHERE referral_id = $1 ORDER BY id",
        referral.0
    )?;
    rows.into_iter().map(Attempt::try_from).collect()
}

/// Keeps an acknowledgement; the first of a recipient counts.
pub async fn acknowledge(
    tx: &mut Tx,
    referral: ReferralId,
    acknowledged: Acknowledged,
    by: Option<TokenId>,
) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO referral_acknowledgement (referral_id, recipient, at, recorded_by) VALUES ($1, $2, $3, $4)",
        referral.0,
        acknowledged.recipient.as_str(),
        acknowledged.at,
        by.map(|token| token.0)
    )?;
    Ok(())
}

/// Who has acknowledged, in the order of kinds.
pub async fn acknowledged(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Acknowledged>, Error> {
    let rows = query!(
        tx,
        all(String, Instant),
        "SELECT recipient, at FROM referral_acknowledgement WHERE referral_id = $1 ORDER BY recipient",
        referral.0
    )?;
    let acknowledged = |(code, at): (String, Instant)| {
        let recipient =
            code.parse().map_err(|error| Error::corrupt("referral_acknowledgement", "recipient", error))?;
        Ok(Acknowledged { recipient, at })
    };
    rows.into_iter().map(acknowledged).collect()
}
