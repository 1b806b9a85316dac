//! Referrals, with what is said and whom it is said to apart.

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::{Json, row},
    db::query,
    search::Search,
};
use crate::domain::{
    ids::{CaseId, ReferralId, TokenId},
    referrals::{Acknowledged, Attempt, Recipient, Referral, ReferralState, Texts},
};

row! {
    Referral: id, version, case_id, job_id, job_code, reason, stage, component, private_or_common,
    lessee_kind, consent_to_contact, evidence: Json, stop_gap_at, state, decided_at, follow_up_due,
    follow_up_assumed, outcome, closed_at
}

/// Of a referral.
macro_rules! columns {
    () => {
        "id, version, case_id, job_id, job_code, reason, stage, component, private_or_common, lessee_kind,
         consent_to_contact, evidence, stop_gap_at, state, decided_at, follow_up_due, follow_up_basis =
         'assumed' AS follow_up_assumed, outcome, closed_at"
    };
}
row! { Acknowledged: recipient, at }

fn basis(referral: &Referral) -> &'static str {
    if referral.follow_up_assumed { "assumed" } else { "known" }
}

/// Holds the case open until this transaction ends; whether it is open.
pub async fn hold_case_open(tx: &mut Tx, case: CaseId) -> Result<bool, Error> {
    let held =
        query!(tx, execute, "UPDATE case_file SET version = version WHERE id = $1 AND state = 'open'", case)?;
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
        referral.id,
        referral.version,
        referral.case_id,
        referral.job_id,
        referral.job_code.as_deref(),
        referral.reason,
        referral.stage,
        referral.component,
        referral.private_or_common,
        referral.lessee_kind,
        referral.consent_to_contact,
        Json(&referral.evidence),
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
        id,
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
        id,
        recipient.kind,
        recipient.name.as_deref(),
        recipient.phone.as_deref(),
        recipient.email.as_deref(),
        Json(&recipient.hours),
        recipient.emergency_phone.as_deref()
    )?;
    Ok(())
}

/// The referral of an id.
pub async fn find(tx: &mut Tx, id: ReferralId) -> Result<Option<Referral>, Error> {
    query!(
        tx,
        optional Referral,
        concat!("SELECT ", columns!(), " FROM referral WHERE id = $1"),
        id
    )
}

/// The referral, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: ReferralId) -> Result<Option<Referral>, Error> {
    query!(
        tx,
        optional Referral,
        concat!("UPDATE referral SET version = version + 1 WHERE id = $1
            RETURNING ", columns!()),
        id
    )
}

/// Writes what may change of a locked referral.
pub async fn save(tx: &mut Tx, referral: &Referral) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE referral SET state = $3, follow_up_due = $4, follow_up_basis = $5, outcome = $6, closed_at = $7
         WHERE id = $1 AND version = $2",
        referral.id,
        referral.version,
        referral.state,
        referral.follow_up_due,
        basis(referral),
        referral.outcome,
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
        referral.id,
        referral.version,
        referral.lessee_kind,
        referral.consent_to_contact
    )?;
    query!(tx, execute, "DELETE FROM referral_recipient WHERE referral_id = $1", referral.id)?;
    for recipient in recipients {
        insert_recipient(tx, referral.id, recipient).await?;
    }
    Ok(())
}

/// The referrals of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Referral>, Error> {
    query!(
        tx,
        all Referral,
        concat!("SELECT ", columns!(), " FROM referral WHERE case_id = $1 ORDER BY id"),
        case
    )
}

/// The referrals after `after`, in a state if one is given, oldest first.
pub async fn list(
    tx: &mut Tx,
    state: Option<ReferralState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Referral>, Error> {
    let search = Search::of(tx, concat!("SELECT ", columns!(), " FROM referral WHERE id > $1")).bind(after);
    search.and("state = $", state).all(tx, "ORDER BY id LIMIT $", limit).await
}

row! { Texts: symptom, age_hint, basis_text, stop_gap, stop_gap_by }

/// What is said; nothing once erased.
pub async fn texts(tx: &mut Tx, id: ReferralId) -> Result<Option<Texts>, Error> {
    query!(
        tx,
        optional Texts,
        "SELECT symptom, age_hint, basis_text, stop_gap, stop_gap_by FROM referral_text WHERE referral_id = $1",
        id
    )
}

row! { Recipient: kind, name, phone, email, hours: Json, emergency_phone }

/// Who is told; nobody once erased.
pub async fn recipients(tx: &mut Tx, id: ReferralId) -> Result<Vec<Recipient>, Error> {
    query!(
        tx,
        all Recipient,
        "SELECT kind, name, phone, email, hours, emergency_phone FROM referral_recipient
         WHERE referral_id = $1 ORDER BY kind",
        id
    )
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
        referral,
        attempt.at,
        by,
        attempt.recipient,
        attempt.channel,
        &attempt.language,
        &attempt.template_version,
        attempt.delivery_status
    )?;
    Ok(())
}

row! { Attempt: at, recipient, channel, language, template_version, delivery_status }

/// The attempts, oldest first.
pub async fn attempts(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Attempt>, Error> {
    query!(
        tx,
        all Attempt,
        "SELECT at, recipient, channel, language, template_version, delivery_status FROM referral_attempt
         WHERE referral_id = $1 ORDER BY id",
        referral
    )
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
        referral,
        acknowledged.recipient,
        acknowledged.at,
        by
    )?;
    Ok(())
}

/// Who has acknowledged, in the order of kinds.
pub async fn acknowledged(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Acknowledged>, Error> {
    query!(
        tx,
        all Acknowledged,
        "SELECT recipient, at FROM referral_acknowledgement WHERE referral_id = $1 ORDER BY recipient",
        referral
    )
}
