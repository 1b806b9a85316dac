//! What is sealed, table by table.

use super::{Columns, Facet, Goes, Leaves};

/// A table whose rows are written once.
const fn whole(table: &'static str, key: &'static [&'static str]) -> Facet {
    Facet {
        name: table,
        table,
        key,
        columns: Columns::AllBut(&[]),
        from: None,
        leaves: Leaves::Never,
        goes: Goes::Nowhere,
    }
}

/// What is written once of a table of which something changes: all that no other facet of it covers, but for what is not
/// sealed at all.
const fn rest(table: &'static str, loose: &'static [&'static str]) -> Facet {
    Facet { columns: Columns::AllBut(loose), ..whole(table, &["id"]) }
}

/// What changes of it, written together each time.
const fn part(name: &'static str, table: &'static str, columns: &'static [&'static str]) -> Facet {
    Facet { name, columns: Columns::Only(columns), goes: Goes::Freely, ..whole(table, &["id"]) }
}

/// What is ended once.
const fn end(name: &'static str, table: &'static str, columns: &'static [&'static str]) -> Facet {
    Facet { goes: Goes::Once, ..part(name, table, columns) }
}

/// What only goes on.
const fn onward(name: &'static str, table: &'static str, columns: &'static [&'static str]) -> Facet {
    Facet { goes: Goes::On, ..part(name, table, columns) }
}

/// What names a danger of a case.
const DANGER: &[&str] = &["case_id", "number"];
const PLACE: &[&str] = &[
    "slot",
    "released_at",
    "release_code",
    "current_since",
    "arrival_due_at",
    "progress_at",
    "progress_lat_e6",
    "progress_lon_e6",
    "heard_danger",
    "heard_check",
];
const CALL: &[&str] = &["case_id", "purpose", "state", "answered_at", "ended_at", "wrapped_at", "call_back"];
const CASE: &[&str] = &[
    "language",
    "reading_language",
    "eligibility",
    "eligibility_basis",
    "lessee_kind",
    "spoken_with_worker",
    "topic",
    "liability_flag",
    "state",
    "closed_at",
];
const CLEARED: &[&str] = &["cleared_at", "cleared_by", "note_code", "recorded_by"];
/// What the office says of a firm.
const FIRM: &[&str] =
    &["name", "phone", "email", "state", "tier", "offers_to", "licences", "registration_number", "key"];
/// When a job is looked at again, and how far it has been offered: moves without anything having happened.
const LADDER: &[&str] = &["wake_at", "warned_at", "round", "rung"];
const ANSWER: &[&str] = &[
    "technician_id",
    "state",
    "answered_at",
    "decline_code",
    "arrival_promised_at",
    "answered_via",
    "withdraw_code",
    "naming_due_at",
    "agreed_at",
];
/// What the office says of a technician, and when that was first confirmed.
const TECHNICIAN: &[&str] = &[
    "name",
    "phone",
    "base_lat_e6",
    "base_lon_e6",
    "trades",
    "languages",
    "shifts",
    "state",
    "job_codes",
    "tools",
    "opening_tools",
    "badge_number",
    "key",
    "confirmed_at",
];

/// Everything that is sealed. `version` counts changes and says nothing; what else is not, `ARCHITECTURE.md` lists.
pub static FACETS: &[Facet] = &[
    rest("assignment", &[]),
    part("assignment place", "assignment", PLACE),
    // `answered_by` is kept by the database once it is there.
    rest("call", &["answered_by"]),
    part("call state", "call", CALL),
    whole("case_erasure", &["case_id"]),
    rest("case_file", &[]),
    part("case_file reopening", "case_file", &["reopened_at"]),
    part("case_file state", "case_file", CASE),
    Facet { key: DANGER, ..rest("case_hazard", &[]) },
    Facet { key: DANGER, ..end("case_hazard clearance", "case_hazard", CLEARED) },
    Facet { leaves: Leaves::Told, ..whole("case_hold", &["case_id"]) },
    rest("consumer", &[]),
    onward("consumer position", "consumer", &["acknowledged_pos"]),
    whole("decision", &["id"]),
    whole("dispute", &["id"]),
    whole("dispute_resolution", &["dispute_id"]),
    rest("emergency_handover", &[]),
    part("emergency_handover clocks", "emergency_handover", &["connected_at", "ended_at", "outcome"]),
    rest("evidence", &[]),
    end("evidence erasure", "evidence", &["erased_at", "erased_for"]),
    whole("fact", &["id"]),
    rest("firm", &[]),
    part("firm record", "firm", FIRM),
    rest("hand_over", &[]),
    end("hand_over acceptance", "hand_over", &["accepted_at", "accepted_by"]),
    whole("hazard_answer", &["call_id", "number"]),
    whole("hazard_instruction", &["call_id", "number"]),
    whole("identity_plan", &["job_id", "number"]),
    rest("interpretation", &[]),
    part("interpretation state", "interpretation", &["state", "settled_at", "left_at"]),
    rest("job", LADDER),
    part("job state", "job", &["state", "state_since", "hold", "closed_at", "priority"]),
    whole("ledger_line", &["id"]),
    rest("offer", &[]),
    part("offer answer", "offer", ANSWER),
    whole("order_note", &["assignment_id"]),
    whole("payer_authority", &["id"]),
    whole("payment", &["id"]),
    Facet { leaves: Leaves::WithReadLog, ..whole("read_log", &["at"]) },
    whole("reference_dataset", &["name", "version"]),
    rest("referral", &[]),
    part("referral addressees", "referral", &["lessee_kind", "consent_to_contact"]),
    part(
        "referral state",
        "referral",
        &["state", "follow_up_due", "follow_up_basis", "outcome", "closed_at"],
    ),
    whole("referral_acknowledgement", &["referral_id", "recipient"]),
    whole("referral_attempt", &["id"]),
    rest("retention_run", &[]),
    Facet {
        from: Some("finished_at"),
        ..part("retention_run end", "retention_run", &["counts", "claimed_at", "finished_at"])
    },
    rest("review", &[]),
    part("review state", "review", &["state", "flags", "closed_at"]),
    whole("review_decision", &["id"]),
    whole("settlement", &["id"]),
    whole("signature_absence", &["job_id"]),
    whole("statutory_receipt", &["id"]),
    rest("technician", &[]),
    part("technician record", "technician", TECHNICIAN),
    rest("technician_proposal", &[]),
    end(
        "technician_proposal verdict",
        "technician_proposal",
        &["state", "reason", "decided_at", "decided_by"],
    ),
    rest("token", &[]),
    end("token revocation", "token", &["revoked_at"]),
    rest("user_account", &[]),
    end("user_account end", "user_account", &["disabled_at"]),
    onward("user_account password", "user_account", &["password_hash", "password_changed_at"]),
    whole("warrant", &["case_id", "number"]),
];
