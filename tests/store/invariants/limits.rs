//! Every code is from its list, every text has a length, JSON is JSON, hashes are 32 bytes.

use std::collections::BTreeSet;

use super::columns;
use crate::script::{Case, check};
use crate::support::db::{TestDb, on_both_engines};
use crate::world::{insert, sample, sampled};

/// Closed lists.
#[rustfmt::skip] // a table is read as a table
const CODES: &[(&str, &str, &[&str])] = &[
    ("town", "precision", &["pin", "town", "municipality"]),
    ("firm", "state", &["active", "suspended"]),
    ("firm", "offers_to", &["technician", "firm"]),
    ("technician", "state", &["active", "suspended"]),
    ("technician", "opening_tools", &["not_authorised", "authorised"]),
    ("technician_proposal", "state", &["waiting", "confirmed", "refused", "replaced"]),
    ("technician_proposal", "reason", &["not_employed", "not_proven", "wrong", "stays_suspended", "other"]),
    ("blocked_pair", "reason", &["resident_wish", "contractor_wish", "complaint", "dispute", "acquainted", "other"]),
    ("token", "role", &["administrator", "supervisor", "dispatcher", "firm", "technician", "billing", "claims_support"]),
    ("case_file", "eligibility", &["eligible", "unverified", "not_eligible"]),
    ("case_file", "eligibility_basis", &["registry_import", "host_company_and_name", "host_call_back",
                                         "worker_statement"]),
    ("case_file", "lessee_kind", &["worker", "host_company", "host_owned", "unknown"]),
    ("case_file", "spoken_with_worker", &["yes", "not_reachable"]),
    ("case_file", "liability_flag", &["yes", "no", "unknown"]),
    ("case_file", "state", &["open", "closed"]),
    ("case_category", "category", &["water", "lock", "liability", "consultation"]),
    ("case_place", "precision", &["pin", "town", "municipality"]),
    ("call", "channel", &["phone", "chat"]),
    ("call", "caller_role", &["worker", "host_company", "flatmate", "landlord", "other"]),
    ("call", "state", &["offered", "answered", "ended", "wrapped", "abandoned"]),
    ("call", "call_back", &["due", "reached", "called_again", "given_up"]),
    ("call", "purpose", &["where_is_he", "more_information", "goes_on", "complaint", "other"]),
    ("call_person", "no_number", &["withheld", "public", "none"]),
    ("interpretation", "state", &["requested", "joined", "no_answer", "refused", "not_settled", "left"]),
    ("call_back", "outcome", &["reached", "no_answer", "wrong_number"]),
    ("hazard_answer", "answer", &["yes", "no", "unknown"]),
    ("emergency_handover", "service", &["fire_ambulance", "police", "gas"]),
    ("emergency_handover", "outcome", &["calls_themselves", "told_otherwise", "not_needed", "caller_lost"]),
    ("case_hazard", "cleared_by", &["fire_brigade", "police", "gas_company", "caller", "supervisor"]),
    ("identity_plan", "method", &["card_on_person", "host_or_landlord_call_back", "police_present", "check_inside",
                                  "none"]),
    ("warrant", "kind", &["goodwill", "landlord", "no_referral"]),
    ("warrant", "reason", &["danger", "nobody_else", "sponsor_agreed", "host_company_agreed", "in_writing", "recorded",
                            "taken_on", "known_already", "not_theirs", "nothing_left"]),
    ("evidence", "kind", &["photo_before", "photo_after", "meter", "damage", "signature", "other"]),
    ("evidence", "media_type", &["image/jpeg", "image/png", "image/webp"]),
    ("evidence", "erased_for", &["retention", "request"]),
    ("signature_absence", "reason", &["refused", "nobody_there", "cannot_sign", "signed_on_paper", "other"]),
    ("read_log", "purpose", &["dispatch", "billing", "referral", "insurance_claim_need_assessment", "quality"]),
    ("case_hold", "reason", &["litigation", "authority", "insurer", "investigation"]),
    ("case_erasure", "reason", &["retention", "person_asked", "consent_withdrawn", "not_needed", "unlawful"]),
    ("job", "trade", &["water", "lock"]),
    ("job", "priority", &["P0", "P1", "P2", "P3"]),
    ("job", "state", &["unassigned", "held", "booked", "offered", "accepted", "assigned", "en_route", "on_site", "working",
                       "paused", "awaiting_return", "completed", "cancelled", "no_coverage"]),
    ("offer", "addressee", &["technician", "firm"]),
    ("offer", "role", &["lead", "helper"]),
    ("offer", "answered_via", &["self", "phone"]),
    ("referral", "reason", &["wear", "common_area", "both", "building_defect", "unknown"]),
    ("referral", "stage", &["triage", "on_site"]),
    ("referral", "component", &["tap", "toilet", "washer_tap", "unit_pipe", "hidden_pipe", "meter", "branch_drain",
                                "stack", "ceiling", "door_lock", "door", "entrance", "window", "equipment", "other"]),
    ("referral", "private_or_common", &["private", "common", "unknown"]),
    ("referral", "lessee_kind", &["worker", "host_company", "host_owned", "unknown"]),
    ("referral", "consent_to_contact", &["yes", "no", "not_asked"]),
    ("referral", "state", &["open", "acknowledged", "closed"]),
    ("referral", "follow_up_basis", &["known", "assumed"]),
    ("referral", "outcome", &["repaired_by_landlord", "refused", "no_answer", "returned_to_us"]),
    ("referral_recipient", "kind", &["landlord", "management_company", "host_company", "waterworks"]),
    ("referral_attempt", "recipient", &["landlord", "management_company", "host_company", "waterworks"]),
    ("referral_attempt", "channel", &["phone", "email", "post", "message", "by_worker"]),
    ("referral_attempt", "delivery_status", &["sent", "delivered", "failed", "no_answer", "confirmed"]),
    ("referral_acknowledgement", "recipient", &["landlord", "management_company", "host_company", "waterworks"]),
    ("webhook", "state", &["active", "paused", "failing", "deleted"]),
    ("message", "channel", &["webhook", "email"]),
    ("message", "state", &["pending", "sent", "dead", "dropped"]),
    ("message_attempt", "code", &["delivered", "status", "gone", "timeout", "unreachable", "receiver_refused", "rejected",
                                  "deferred", "not_configured", "failed"]),
    ("alarm", "state", &["waiting", "ringing", "acknowledged", "resolved"]),
    ("offer", "state", &["open", "accepted", "declined", "expired", "withdrawn"]),
    ("assignment", "slot", &["current", "queued", "released"]),
    ("planned_window", "state", &["planned", "released"]),
    ("shift_entry", "kind", &["on_call", "extra_shift", "day_off", "given_away"]),
    ("shift_entry", "state", &["planned", "cancelled"]),
    ("shift_swap", "kind", &["shift", "on_call"]),
    ("shift_swap", "state", &["planned", "undone"]),
    ("fact", "kind", &["departure", "position", "delay", "arrival", "no_access", "id_check", "work_start", "pause",
                       "resume", "work_end", "part", "special_work", "consent", "referral_finding", "payment",
                       "withdrawal", "leaving", "completion"]),
    ("fact", "told_by", &["device", "desk", "suspended"]),
    ("fact", "unresolved", &["language", "text", "understanding", "evidence", "work", "landlord", "licence"]),
    ("ledger_line", "kind", &["overtime", "part", "special_work", "write_off", "reversal"]),
    ("ledger_line", "payer", &["worker", "host_company", "landlord", "programme"]),
    ("settlement", "basis", &["completed", "cancelled", "no_access", "stopped", "written_off", "rescinded"]),
    ("feed", "topic", &["billing"]),
    ("review", "state", &["open", "decided", "gone"]),
    ("review_decision", "ruling", &["accept", "correct", "write_off", "rescind"]),
    ("review_decision", "reason", &["confirmed_by_phone", "confirmed_by_evidence", "device_clock", "device_lost",
                                    "report_forgotten", "entered_twice", "not_agreed", "poor_work", "goodwill",
                                    "cooling_off", "other"]),
    ("dispute", "reason", &["wrong_amount", "not_done", "not_agreed", "poor_work", "damage", "wrong_payer",
                            "paid_already", "cooling_off", "other"]),
    ("dispute", "payer", &["worker", "host_company", "landlord", "programme"]),
    ("dispute_resolution", "outcome", &["upheld", "rejected", "withdrawn"]),
    ("payment", "kind", &["cash_on_site", "later", "refund"]),
    ("payment", "method", &["cash", "card", "bank_transfer", "convenience_store", "qr_code", "other"]),
    ("payer_authority", "payer", &["host_company", "landlord"]),
    ("payment", "payer", &["worker", "host_company", "landlord", "programme"]),
];

/// A table, one of its codes, and the columns that come with it.
type Companions = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What some codes bring with them.
#[rustfmt::skip] // a table is read as a table
const COMPANIONS: &[Companions] = &[
    ("token", "firm", &[("firm_id", "#1")]),
    ("token", "technician", &[("firm_id", "#1"), ("technician_id", "#11")]),
    ("token", "billing", &[("consumer_id", "#51")]),
    ("technician_proposal", "confirmed", &[("decided_at", "'2026-11-23T11:10:00+00:00'")]),
    ("technician_proposal", "replaced", &[("decided_at", "'2026-11-23T11:10:00+00:00'")]),
    ("technician_proposal", "refused", &[("reason", "'other'"), ("decided_at", "'2026-11-23T11:10:00+00:00'")]),
    ("technician_proposal", "not_employed", REFUSED),
    ("technician_proposal", "not_proven", REFUSED), ("technician_proposal", "wrong", REFUSED),
    ("technician_proposal", "stays_suspended", REFUSED), ("technician_proposal", "other", REFUSED),
    // Behind another job of the same technician.
    ("assignment", "queued", &[("technician_id", "#11"), ("job_id", "#33")]),
    ("call", "offered", &[("answered_at", "NULL")]),
    ("call", "ended", &[("ended_at", "'2026-11-23T11:10:00+00:00'")]),
    ("call", "wrapped", &[("ended_at", "'2026-11-23T11:10:00+00:00'"), ("wrapped_at", "'2026-11-23T11:11:00+00:00'")]),
    ("call", "abandoned", &[("answered_at", "NULL"), ("ended_at", "'2026-11-23T11:10:00+00:00'"), ("call_back", "'due'")]),
    ("call", "due", ABANDONED), ("call", "reached", ABANDONED), ("call", "called_again", ABANDONED),
    ("call", "given_up", ABANDONED),
    ("call_person", "withheld", NO_NUMBER), ("call_person", "public", NO_NUMBER), ("call_person", "none", NO_NUMBER),
    ("emergency_handover", "calls_themselves", NOT_REACHED), ("emergency_handover", "told_otherwise", NOT_REACHED),
    ("emergency_handover", "not_needed", NOT_REACHED), ("emergency_handover", "caller_lost", NOT_REACHED),
    ("interpretation", "joined", SETTLED), ("interpretation", "no_answer", SETTLED),
    ("interpretation", "refused", SETTLED), ("interpretation", "not_settled", SETTLED),
    ("interpretation", "left", &[("settled_at", "'2026-11-23T11:10:00+00:00'"), ("left_at", "'2026-11-23T11:11:00+00:00'")]),
    ("evidence", "retention", ERASED), ("evidence", "request", ERASED),
    ("case_file", "closed", &[("closed_at", "'2026-11-23T11:00:00+00:00'")]),
    ("job", "held", &[("hold", "'H-GAS'")]),
    ("job", "completed", &[("wake_at", "NULL")]),
    ("job", "cancelled", &[("wake_at", "NULL")]),
    ("referral", "closed", &[("outcome", "'refused'"), ("closed_at", "'2026-11-23T11:00:00+00:00'"),
                             ("follow_up_due", "NULL")]),
    ("referral", "repaired_by_landlord", &[("state", "'closed'"), ("closed_at", "'2026-11-23T11:00:00+00:00'"),
                          ("follow_up_due", "NULL")]),
    ("referral", "refused", &[("state", "'closed'"), ("closed_at", "'2026-11-23T11:00:00+00:00'"),
                          ("follow_up_due", "NULL")]),
    ("referral", "no_answer", &[("state", "'closed'"), ("closed_at", "'2026-11-23T11:00:00+00:00'"),
                          ("follow_up_due", "NULL")]),
    ("referral", "returned_to_us", &[("state", "'closed'"), ("closed_at", "'2026-11-23T11:00:00+00:00'"),
                          ("follow_up_due", "NULL")]),
    ("message", "email", &[("webhook_id", "NULL"), ("firm_id", "#1"), ("receiver", "#1")]),
    ("message", "sent", ENDED), ("message", "dead", ENDED), ("message", "dropped", ENDED),
    ("referral_attempt", "by_worker", &[("recipient", "NULL")]),
    ("alarm", "acknowledged", &[("acknowledged_at", "'2026-11-23T11:00:00+00:00'")]),
    ("alarm", "resolved", &[("rings_at", "NULL"), ("resolved_at", "'2026-11-23T11:00:00+00:00'")]),
    ("offer", "accepted", &[("answered_at", "'2026-11-23T11:00:00+00:00'")]),
    ("offer", "declined", &[("answered_at", "'2026-11-23T11:00:00+00:00'"), ("decline_code", "'busy'")]),
    ("shift_entry", "given_away", &[("swap_id", "#161")]),
    ("shift_swap", "undone", &[("undone_at", "'2026-11-23T11:00:00+00:00'")]),
    ("assignment", "released", &[("released_at", "'2026-11-23T11:00:00+00:00'")]),
    ("ledger_line", "write_off", &[("amount_yen", "0"), ("tax_included_yen", "0")]),
    ("ledger_line", "reversal", &[("amount_yen", "0"), ("reverses", "#113")]),
    ("review", "decided", &[("closed_at", "'2026-11-23T11:00:00+00:00'")]),
    ("review", "gone", &[("closed_at", "'2026-11-23T11:00:00+00:00'")]),
    ("payer_authority", "landlord", &[("referral_id", "#151"), ("evidence", "'rec-1'")]),
    ("dispute_resolution", "upheld", &[("decision_id", "#181")]),
];

const REFUSED: &[(&str, &str)] = &[("state", "'refused'"), ("decided_at", "'2026-11-23T11:10:00+00:00'")];
const ABANDONED: &[(&str, &str)] =
    &[("state", "'abandoned'"), ("answered_at", "NULL"), ("ended_at", "'2026-11-23T11:10:00+00:00'")];
const ENDED: &[(&str, &str)] = &[("next_at", "NULL"), ("settled_at", "'2026-11-23T11:10:00+00:00'")];
const ERASED: &[(&str, &str)] = &[("erased_at", "'2026-11-23T11:10:00+00:00'")];
const NO_NUMBER: &[(&str, &str)] = &[("phone", "NULL")];
const NOT_REACHED: &[(&str, &str)] = &[("ended_at", "'2026-11-23T11:10:00+00:00'")];
const SETTLED: &[(&str, &str)] = &[("settled_at", "'2026-11-23T11:10:00+00:00'")];

/// Free text: least and greatest number of characters.
#[rustfmt::skip] // a table is read as a table
const LENGTHS: &[(&str, &str, usize, usize)] = &[
    ("reference_dataset", "name", 1, 64),
    ("municipality", "prefecture", 1, 200), ("municipality", "prefecture_kana", 0, 200),
    ("municipality", "name", 1, 200), ("municipality", "name_kana", 0, 200),
    ("town", "name", 0, 200), ("town", "name_kana", 0, 200),
    ("firm", "name", 1, 200), ("firm", "phone", 1, 32), ("firm", "email", 3, 254), ("firm", "key", 1, 64),
    ("technician", "name", 1, 200), ("technician", "phone", 1, 32), ("technician", "badge_number", 1, 40),
    ("technician", "key", 1, 64), ("blocked_pair_person", "phone", 1, 32),
    ("consumer", "name", 1, 64),
    ("token", "name", 1, 200),
    ("user_account", "login", 1, 64), ("user_account", "password_hash", 1, 300),
    ("idempotency", "key", 1, 255),
    ("counter", "name", 1, 64),
    ("case_file", "number", 1, 32), ("case_file", "programme", 1, 64), ("case_file", "language", 2, 35),
    ("case_file", "reading_language", 2, 35), ("case_file", "topic", 1, 64),
    ("case_person", "name", 1, 200), ("case_person", "phone", 1, 32), ("case_person", "name_kana", 1, 200),
    ("case_person", "host_company", 1, 200), ("case_person", "language_wish", 1, 200),
    ("case_place", "town", 0, 200), ("case_place", "address", 0, 500), ("case_place", "building", 1, 200),
    ("case_place", "room", 1, 50), ("case_place", "access_notes", 1, 2000),
    ("call", "language", 2, 35), ("call", "reading_language", 2, 35),
    ("call_person", "phone", 1, 32), ("call_person", "name", 1, 200), ("call_person", "language_wish", 1, 200),
    ("interpretation", "language", 2, 35), ("interpretation", "interpreter", 1, 64),
    ("hazard_answer", "hazard", 1, 64), ("case_hazard", "hazard", 1, 64), ("case_hazard", "note_code", 1, 64),
    ("hand_over_note", "note", 1, 2000),
    ("read_log", "actor", 1, 64), ("read_log", "route", 1, 200), ("read_log", "subject", 1, 64),
    ("job", "job_code", 1, 64), ("job", "hold", 1, 64),
    ("decision", "engine_version", 1, 64),
    ("offer", "decline_code", 1, 64), ("offer", "withdraw_code", 1, 64),
    ("order_note", "number", 1, 32), ("order_note", "terms_version", 1, 64),
    ("referral", "job_code", 1, 64), ("warrant", "job_code", 1, 64),
    ("referral_text", "symptom", 1, 2000), ("referral_text", "age_hint", 1, 200), ("referral_text", "basis_text", 1, 2000),
    ("referral_text", "stop_gap", 1, 2000), ("referral_text", "stop_gap_by", 1, 200),
    ("referral_recipient", "name", 1, 200), ("referral_recipient", "phone", 1, 32),
    ("referral_recipient", "email", 3, 254), ("referral_recipient", "emergency_phone", 1, 32),
    ("referral_attempt", "language", 2, 35), ("referral_attempt", "template_version", 1, 64),
    ("alarm", "kind", 1, 64), ("alarm", "subject", 1, 64),
    ("webhook", "url", 1, 2048), ("message_cursor", "name", 1, 64),
    ("assignment", "release_code", 1, 64),
    ("fact", "device", 1, 128), ("fact_rejection", "mark", 1, 128),
    ("ledger_line", "code", 1, 64), ("ledger_line", "rule", 1, 128), ("ledger_line", "text_ja", 1, 2000),
    ("ledger_line", "text_en", 1, 2000),
    ("event", "actor", 1, 64), ("event", "subject", 1, 64), ("event", "kind", 1, 64),
    ("review_note", "note", 1, 2000), ("dispute_note", "note", 1, 2000), ("payment_reference", "reference", 1, 64),
    ("payer_authority", "evidence", 1, 64), ("payer_authority_person", "name", 1, 200),
];

/// JSON: the greatest number of characters; lists must be arrays.
#[rustfmt::skip] // a table is read as a table
const JSON: &[(&str, &str, usize)] = &[
    ("technician", "trades", 4096), ("technician", "languages", 4096), ("technician", "shifts", 65536),
    ("technician", "job_codes", 4096), ("technician", "tools", 4096), ("firm", "licences", 65536),
    ("technician_proposal", "proposed", 65536),
    ("idempotency", "outcome", 1_048_576),
    ("call_draft", "body", 65536), ("hand_over", "snapshot", 1_048_576), ("identity_plan", "impossible", 4096),
    ("retention_run", "counts", 4096),
    ("referral", "evidence", 4096), ("referral_recipient", "hours", 8192),
    ("decision", "document", 1_048_576), ("webhook", "kinds", 8192),
    ("fact", "data", 65536), ("planned_window", "confirmation", 1024),
    ("ledger_line", "proof", 65536),
    ("event", "data", 65536), ("event", "seals", 1_048_576),
    ("review", "flags", 1_048_576), ("review_decision", "data", 1_048_576),
];

/// Texts of a fixed shape: what is right, what is not.
#[rustfmt::skip] // a table is read as a table
const SHAPES: &[(&str, &str, &[&str], &[&str])] = &[
    ("municipality", "jis_code", &["01101"], &["", "2310", "231011", "2310a", "２３１０１", "23 01"]),
    ("municipality", "parent_code", &["01100"], &["", "2310", "231011", "2310a"]),
    ("town", "postal_code", &["0010000"], &["", "460000", "460-0008", "46000080", "460000a"]),
    ("firm_area", "jis_code", &["23106"], &["", "2310", "231011", "2310a"]),
    ("firm", "registration_number", &["T7123456789012"],
     &["", "T", "7123456789012", "t7123456789012", "T712345678901", "T71234567890123", "T712345678901a"]),
    ("case_place", "postal_code", &["0010000"], &["", "460000", "460-0008", "46000080", "460000a"]),
    ("case_place", "jis_code", &["01101"], &["", "2310", "231011", "2310a"]),
    ("retention_run", "day", &["2026-11-25"], &["", "2026-1-1", "20261125", "2026-11-25 ", "26-11-25"]),
    ("statutory_receipt", "received_on", &["2026-11-25"], &["", "2026-1-1", "20261125", "2026-11-25 ", "26-11-25"]),
    ("ledger_line", "quantity", &["0", "12", "-1", "0.25", "-10.50"],
     &["", "-", ".5", "-.5", "5.", "1.2.3", "1-2", "--1", "+1", "1e3", "1,5", " 1", "a",
       "1.00000000000000000000000000000000"]),
];

/// Whole numbers: what is least (or the first that is free in the world) and greatest, where there is a limit.
#[rustfmt::skip] // a table is read as a table
const NUMBERS: &[(&str, &str, i64, Option<i64>)] = &[
    ("reference_dataset", "version", 2, None),
    ("municipality", "lat_e6", -90_000_000, Some(90_000_000)), ("municipality", "lon_e6", -180_000_000, Some(180_000_000)),
    ("town", "lat_e6", -90_000_000, Some(90_000_000)), ("town", "lon_e6", -180_000_000, Some(180_000_000)),
    ("firm", "tier", 1, Some(9)),
    ("technician", "base_lat_e6", -90_000_000, Some(90_000_000)),
    ("technician", "base_lon_e6", -180_000_000, Some(180_000_000)),
    ("position", "lat_e6", -90_000_000, Some(90_000_000)), ("position", "lon_e6", -180_000_000, Some(180_000_000)),
    ("position", "accuracy_m", 0, None),
    ("case_place", "lat_e6", -90_000_000, Some(90_000_000)), ("case_place", "lon_e6", -180_000_000, Some(180_000_000)),
    ("consumer", "acknowledged_pos", 0, None),
    ("counter", "value", 0, None),
    ("call_back", "number", 1, Some(3)), ("hazard_answer", "number", 3, None), ("case_hazard", "number", 1, None),
    ("identity_plan", "number", 2, None), ("warrant", "number", 2, None),
    ("offer", "rank", 0, None), ("offer", "round", 1, None), ("offer", "rung", 0, None),
    ("job", "round", 1, Some(1_000_000)), ("job", "rung", 0, Some(100)),
    ("alarm", "rung", 0, None),
    ("assignment", "heard_danger", 0, None), ("assignment", "heard_check", 0, None),
    ("webhook", "failures", 0, None), ("webhook_secret", "number", 3, None), ("message_cursor", "pos", 0, None),
    ("message", "attempts", 0, None), ("message", "attempts_before", 0, None),
    ("message_attempt", "number", 2, None), ("message_attempt", "status", 100, Some(599)),
    ("fact", "device_seq", 1, None),
    ("evidence", "bytes", 1, Some(16_777_216)),
    ("settlement", "number", 2, None),
    ("ledger_line", "line", 4, None),
    ("review", "number", 1, None), ("review_decision", "number", 2, None), ("dispute", "number", 3, None),
    ("payment", "amount_yen", 1, Some(1_000_000_000)), ("statutory_receipt", "number", 2, None),
];

const HASHES: &[(&str, &str)] = &[
    ("reference_dataset", "sha256"),
    ("token", "secret_sha256"),
    ("webhook_secret", "secret"),
    ("session", "secret_sha256"),
    ("sign_in_link", "secret_sha256"),
    ("idempotency", "fingerprint"),
    ("settlement", "record_hash"),
    ("evidence", "sha256"),
    ("feed", "hash"),
    ("payer_authority", "person_hash"),
    ("payer_authority_person", "salt"),
    ("dispute", "note_hash"),
    ("dispute_note", "salt"),
    ("payment", "reference_hash"),
    ("payment_reference", "salt"),
    ("review_decision", "note_hash"),
    ("review_note", "salt"),
];

on_both_engines! {
    async fn codes_are_from_their_lists(db: TestDb) {
        let mut cases = Vec::new();
        for (table, column, codes) in CODES {
            let row = |code: &str| {
                let literal = format!("'{code}'");
                let companions = COMPANIONS.iter().find(|(of, with, _)| (of, *with) == (table, code));
                let companions = companions.map_or(&[][..], |(_, _, row)| row);
                insert(table, &[&[(*column, literal.as_str())], companions].concat())
            };
            for code in *codes {
                for wrong in ["", "nonsense", &code.to_uppercase().replace('P', "p"), &format!("{code} ")] {
                    cases.push(Case::new(&row(code), &row(wrong), "check"));
                }
            }
        }
        check(&db, &cases).await;
    }

    async fn texts_have_a_length(db: TestDb) {
        let mut cases = Vec::new();
        for (table, column, least, greatest) in LENGTHS {
            let row = |length: usize| {
                let companions: &[_] = match *column {
                    "decline_code" | "withdraw_code" => &[("state", "'withdrawn'")],
                    "hold" => &[("state", "'held'")],
                    "release_code" => &[("slot", "'released'"), ("released_at", "'2026-11-23T11:00:00+00:00'")],
                    _ => &[],
                };
                let literal = format!("~{length}");
                insert(table, &[&[(*column, literal.as_str())], companions].concat())
            };
            cases.push(Case::new(&row(*greatest), &row(greatest + 1), "check"));
            if *least > 0 {
                cases.push(Case::new(&row(*least), &row(least - 1), "check"));
            }
        }
        check(&db, &cases).await;
    }

    async fn lengths_count_characters(db: TestDb) {
        let row = |length: usize| insert("firm", &[("name", format!("'{}'", "漢".repeat(length)).as_str())]);
        check(&db, &[Case::new(&row(200), &row(201), "check")]).await;
    }

    async fn json_is_json(db: TestDb) {
        let mut cases = Vec::new();
        for (table, column, greatest) in JSON {
            let row = |literal: &str| insert(table, &[(*column, literal)]);
            let is_object = *table == "technician_proposal";
            // Two brackets and two quotes around the letters, and a name of no letters.
            let long = |length: usize| match is_object {
                true => row(&format!("'{{\"\":\"' || ~{} || '\"}}'", length - 7)),
                false => row(&format!("'[\"' || ~{} || '\"]'", length - 4)),
            };
            let legal = match is_object {
                true => row(r#"'{"水": [1.5, null, true]}'"#),
                false => row(r#"'["水", {"a": [1.5, null, true]}]'"#),
            };
            cases.push(Case::new(&long(*greatest), &long(greatest + 1), "check"));
            for wrong in ["", " ", "x", "{", "{'a': 1}", "[1,]", "{} {}", "NaN", "{a: 1}", "[01]"] {
                let literal = format!("'{}'", wrong.replace('\'', "''"));
                cases.push(Case::new(&legal, &row(&literal), "check"));
            }
            if ["technician", "firm"].contains(table) || is_object || *column == "seals" {
                for wrong in [if is_object { "[]" } else { "{}" }, "\"a\"", "1", "null"] {
                    cases.push(Case::new(&legal, &row(&format!("'{wrong}'")), "check"));
                }
            }
        }
        check(&db, &cases).await;
    }

    async fn shapes(db: TestDb) {
        let mut cases = Vec::new();
        for (table, column, right, wrong) in SHAPES {
            let row = |value: &str| insert(table, &[(*column, format!("'{value}'").as_str())]);
            for (index, wrong) in wrong.iter().enumerate() {
                cases.push(Case::new(&row(right[index % right.len()]), &row(wrong), "check"));
            }
            assert!(right.len() <= wrong.len(), "every right one is tried");
        }
        check(&db, &cases).await;
    }

    async fn numbers_have_limits(db: TestDb) {
        let mut cases = Vec::new();
        for (table, column, least, greatest) in NUMBERS {
            let row = |value: i64| insert(table, &[(*column, value.to_string().as_str())]);
            let below = if *least > 0 { 0 } else { least - 1 };
            cases.push(Case::new(&row(*least), &row(below), "check"));
            if let Some(greatest) = greatest {
                cases.push(Case::new(&row(*greatest), &row(greatest + 1), "check"));
            }
        }
        check(&db, &cases).await;
    }

    async fn versions_start_at_1(db: TestDb) {
        let roots = [
            "firm", "technician", "consumer", "case_file", "call", "job", "offer", "assignment", "planned_window",
            "blocked_pair", "shift_swap", "shift_entry",
            "alarm",
            "referral",
            "webhook",
            "review",
            "user_account",
        ];
        let cases = roots.map(|table| {
            let row = |version: &str| {
                let row = insert(table, &[]).replacen("(id, ", "(version, id, ", 1);
                row.replacen("VALUES (", &format!("VALUES ({version}, "), 1)
            };
            Case::new(&row("2"), &row("0"), "check")
        });
        check(&db, &cases).await;
    }

    async fn hashes_have_32_bytes(db: TestDb) {
        let named: BTreeSet<String> = HASHES.iter().map(|(table, column)| format!("{table}.{column}"))
            // Must equal the hash before it; has one row, which goes forward.
            .chain(["feed.prev_hash".to_owned(), "feed_head.hash".to_owned()])
            .collect();
        assert_eq!(columns::of_hashes(&db).await, named);
        let mut cases = Vec::new();
        for (table, column) in HASHES {
            let row = |literal: &str| insert(table, &[(*column, literal)]);
            for wrong in ["@9x31", "@9x33", "@9x0"] {
                cases.push(Case::new(&row("@9x32"), &row(wrong), "check"));
            }
        }
        let body = |literal: &str| insert("reference_dataset", &[("body", literal)]);
        cases.push(Case::new(&body("@0x16777216"), &body("@0x16777217"), "check"));
        check(&db, &cases).await;
    }

    async fn every_text_column_is_limited(db: TestDb) {
        let own = |table: &str, column: &str| format!("{table}.{column}");
        let named: BTreeSet<String> = CODES.iter().map(|(table, column, _)| own(table, column))
            .chain(LENGTHS.iter().map(|(table, column, ..)| own(table, column)))
            .chain(JSON.iter().map(|(table, column, _)| own(table, column)))
            .chain(SHAPES.iter().map(|(table, column, ..)| own(table, column)))
            .chain([own("town", "jis_code")]) // refers to a municipality
            .collect();
        assert_eq!(columns::of_text(&db).await, named);
    }

    async fn every_sample_is_whole_and_legal(db: TestDb) {
        for table in sampled() {
            let row = sample(table);
            let left_out: &[_] = match table {
                "event" => &["ord"],
                _ if columns::of(&db, table).await.contains("version") && table != "reference_dataset" => &["version"],
                _ => &[],
            };
            columns::assert_covers(&db, table, row.iter().map(|(column, _)| *column), left_out).await;
        }
        let cases: Vec<_> = sampled()
            .map(|table| Case::new(&insert(table, &[]), "INSERT INTO counter (name, value) VALUES ('', 0)", "check"))
            .collect();
        check(&db, &cases).await;
    }
}

/// Instants are text on SQLite only: what sorts wrongly there must not get in.
#[tokio::test]
async fn instants_are_as_sqlx_writes_them() {
    crate::support::db::on_sqlite(|db| async move {
        let wrong = [
            "2026-11-23T10:00:00Z",
            "2026-11-23T10:00:00+09:00",
            "2026-11-23 10:00:00+00:00",
            "2026-11-23T10:00:00",
            "2026-11-23T10:00+00:00",
            "2026-11-23T10:00:00.000+00:00",
            "2026-11-23T10:00:00.500000+00:00",
            "2026-11-23T10:00:00.5+00:00",
            "2026-11-23T10:00:00.123456789+00:00",
            "2026-13-23T10:00:00+00:00",
            "2026-02-30T10:00:00+00:00",
            "2026-11-23T24:00:00+00:00",
            "2026-11-23T10:00:60+00:00",
            "20x6-11-23T10:00:00+00:00",
            "",
        ];
        let mut cases = Vec::new();
        for instant in columns::of_instants(&db).await {
            let (table, column) = instant.split_once('.').unwrap();
            // Planned windows are compared before they are checked.
            let released: &[_] = match table {
                "planned_window" => &[("state", "'released'")],
                "shift_entry" => &[("state", "'cancelled'")],
                _ => &[],
            };
            let row = |instant: &str| {
                insert(table, &[&[(column, format!("'{instant}'").as_str())], released].concat())
            };
            let legal = insert(table, released);
            cases.extend(wrong.iter().map(|wrong| Case::new(&legal, &row(wrong), "check")));
        }
        // Every fraction that sqlx writes.
        for right in [
            "10:00:00",
            "10:00:00.001",
            "10:00:00.100",
            "10:00:00.000001",
            "10:00:00.123450",
            "23:59:59.999999",
        ] {
            let row = |instant: &str| {
                insert("firm", &[("created_at", format!("'2026-11-23T{instant}+00:00'").as_str())])
            };
            cases.push(Case::new(&row(right), &row(&format!("{right}0")), "check"));
        }
        check(&db, &cases).await;
    })
    .await;
}
