//! A case for tests.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Case;

/// An open case about water and a lock, of somebody who may be entitled and has called themselves; some of it is changed.
pub(crate) fn case(fields: &Value) -> Case {
    let row = json!({
        "id": Uuid::from_u128(7), "version": 1, "number": "261122-0007", "programme": "000",
        "categories": ["water", "lock"], "language": "ne", "reading_language": null, "eligibility": "unverified",
        "eligibility_basis": null, "lessee_kind": "worker", "spoken_with_worker": null, "topic": null,
        "liability_flag": "no", "state": "open", "opened_at": "2026-11-22T00:00:00Z", "closed_at": null,
    });
    serde_json::from_value(crate::domain::flat::rows::with(row, fields)).unwrap()
}
