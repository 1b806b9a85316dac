//! Words that may be erased, and the salted hashes of them in rows that never change.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};

/// A row that holds the hash of words.
#[derive(Debug, FromRow)]
pub struct Proved {
    /// Its table.
    pub what: String,
    /// Its id.
    pub id: Uuid,
    /// The hash.
    pub hash: Vec<u8>,
    /// The words; absent once erased.
    pub text: Option<String>,
    /// Their salt.
    pub salt: Option<Vec<u8>>,
    /// The case, where its people are erased.
    pub erased: Option<Uuid>,
}

/// Every row that holds the hash of words.
pub async fn proved(tx: &mut Tx) -> Result<Vec<Proved>, Error> {
    query!(
        tx,
        all Proved,
        "SELECT 'payer_authority' AS what, a.id, a.person_hash AS hash, p.name AS text, p.salt, e.case_id AS erased
         FROM payer_authority a JOIN job j ON j.id = a.job_id
         LEFT JOIN payer_authority_person p ON p.authority_id = a.id LEFT JOIN case_erasure e ON e.case_id = j.case_id
         UNION ALL
         SELECT 'payment', m.id, m.reference_hash, n.reference, n.salt, e.case_id
         FROM payment m JOIN job j ON j.id = m.job_id
         LEFT JOIN payment_reference n ON n.payment_id = m.id LEFT JOIN case_erasure e ON e.case_id = j.case_id
         WHERE m.reference_hash IS NOT NULL
         UNION ALL
         SELECT 'dispute', d.id, d.note_hash, n.note, n.salt, e.case_id
         FROM dispute d JOIN job j ON j.id = d.job_id
         LEFT JOIN dispute_note n ON n.dispute_id = d.id LEFT JOIN case_erasure e ON e.case_id = j.case_id
         WHERE d.note_hash IS NOT NULL
         UNION ALL
         SELECT 'review_decision', d.id, d.note_hash, n.note, n.salt, e.case_id
         FROM review_decision d JOIN job j ON j.id = d.job_id
         LEFT JOIN review_note n ON n.decision_id = d.id LEFT JOIN case_erasure e ON e.case_id = j.case_id
         WHERE d.note_hash IS NOT NULL"
    )
}
