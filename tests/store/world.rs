//! A small legal world, and one more legal row for every table of it.
//!
//! Ids: firms 1-2, technicians 11-13, case 21, jobs 31-33, decisions 41-42, consumer 51, tokens 61-62, offers 71-73
//! (accepted, declined, accepted), assignments 81-82 (current, released), fact 91, settlement 101, ledger lines
//! 111-113 (112 reverses 111), events 121-124 (the first two are in the
//! feed), blocked pair 141, referral 151, webhook 161, message 162 (sent), swap 161 (of entries 162 and 163), review
//! 161, disputes 171-172 (the first is resolved), review decision 181, payment 191, statutory receipt 195, people 161-162 (active, disabled),
//! sessions 163-164 (live, ended), pictures 161 and 163 (the second erased), retention runs
//! 165-166 (the first finished), reads 167-168, proposals 291-292 (waiting, refused), call 207; other numbers from 200.

use crate::script::run;
use crate::support::db::{Raw, TestDb};

/// Fills an empty database; gives the connection that did.
pub(crate) async fn build(db: &TestDb) -> Raw {
    let mut raw = db.raw().await;
    run(&mut raw, db.engine(), WORLD).await;
    raw
}

const WORLD: &str = r#"
INSERT INTO reference_dataset (name, version, sha256, body, loaded_at)
VALUES ('desks', 1, @1, @1x3, '2026-11-23T00:00:00+00:00');
INSERT INTO municipality (jis_code, prefecture, prefecture_kana, name, name_kana, parent_code, lat_e6, lon_e6)
VALUES ('23106', '愛知県', 'アイチケン', '名古屋市中区', 'ナゴヤシナカク', '23100', 35168000, 136910000);
INSERT INTO firm (id, name, phone, state, created_at)
VALUES (#1, '架空設備', '+81355500001', 'active', '2026-11-23T00:00:00+00:00'),
       (#2, '架空鍵店', '+81355500002', 'active', '2026-11-23T00:00:00+00:00');
INSERT INTO technician (id, firm_id, name, phone, base_lat_e6, base_lon_e6, trades, languages, shifts, state,
                        created_at, confirmed_at)
VALUES (#11, #1, '甲', '+81355500011', 35168000, 136910000, '["water"]', '["ja"]', '[]', 'active',
        '2026-11-23T00:00:00+00:00', '2026-11-23T00:00:00+00:00'),
       (#12, #1, '乙', '+81355500012', 35168000, 136910000, '["water"]', '["ja"]', '[]', 'active',
        '2026-11-23T00:00:00+00:00', '2026-11-23T00:00:00+00:00'),
       (#13, #2, '丙', '+81355500013', 35168000, 136910000, '["lock"]', '["ja"]', '[]', 'active',
        '2026-11-23T00:00:00+00:00', '2026-11-23T00:00:00+00:00');
INSERT INTO blocked_pair (id, firm_id, technician_id, reason, created_at)
VALUES (#141, NULL, #13, 'complaint', '2026-11-23T00:00:00+00:00');
INSERT INTO shift_swap (id, firm_id, giver_id, taker_id, kind, starts_at, ends_at, state, created_at)
VALUES (#161, #1, #11, #12, 'shift', '2026-12-01T01:00:00+00:00', '2026-12-01T02:00:00+00:00', 'planned',
        '2026-11-23T00:00:00+00:00');
INSERT INTO shift_entry (id, technician_id, kind, starts_at, ends_at, state, swap_id, created_at)
VALUES (#162, #11, 'given_away', '2026-12-01T01:00:00+00:00', '2026-12-01T02:00:00+00:00', 'planned', #161,
        '2026-11-23T00:00:00+00:00'),
       (#163, #12, 'extra_shift', '2026-12-01T01:00:00+00:00', '2026-12-01T02:00:00+00:00', 'planned', #161,
        '2026-11-23T00:00:00+00:00');
INSERT INTO consumer (id, name, acknowledged_pos, created_at)
VALUES (#51, 'billing', 5, '2026-11-23T00:00:00+00:00');
INSERT INTO token (id, role, name, secret_sha256, created_at, revoked_at)
VALUES (#61, 'dispatcher', '夜勤', @61, '2026-11-23T00:00:00+00:00', NULL),
       (#62, 'dispatcher', '退職', @62, '2026-11-23T00:00:00+00:00', '2026-11-23T02:00:00+00:00'),
       (#63, 'dispatcher', '佐藤', @63, '2026-11-23T00:00:00+00:00', NULL),
       (#64, 'dispatcher', '鈴木', @64, '2026-11-23T00:00:00+00:00', NULL);
INSERT INTO technician_proposal (id, technician_id, firm_id, proposed, state, reason, made_at, decided_at)
VALUES (#291, #11, #1, '{"badge_number":"N-1"}', 'waiting', NULL, '2026-11-23T00:00:00+00:00', NULL),
       (#292, #13, #2, '{"badge_number":"N-2"}', 'refused', 'wrong', '2026-11-23T00:00:00+00:00',
        '2026-11-23T01:00:00+00:00');
INSERT INTO user_account (id, token_id, login, password_hash, password_changed_at, created_at, disabled_at)
VALUES (#161, #63, 'sato', NULL, NULL, '2026-11-23T00:00:00+00:00', NULL),
       (#162, #62, 'taishoku', NULL, NULL, '2026-11-23T00:00:00+00:00', '2026-11-23T02:00:00+00:00');
INSERT INTO session (id, user_id, secret_sha256, created_at, seen_at, ended_at)
VALUES (#163, #161, @163, '2026-11-23T09:00:00+00:00', '2026-11-23T09:30:00+00:00', NULL),
       (#164, #161, @164, '2026-11-23T00:00:00+00:00', '2026-11-23T00:00:00+00:00', '2026-11-23T01:00:00+00:00');
INSERT INTO sign_in_link (secret_sha256, user_id, created_at, expires_at, used_at)
VALUES (@165, #161, '2026-11-23T09:00:00+00:00', '2026-11-23T09:30:00+00:00', NULL),
       (@166, #161, '2026-11-23T00:00:00+00:00', '2026-11-23T00:30:00+00:00', '2026-11-23T00:01:00+00:00');
INSERT INTO case_file (id, number, programme, language, eligibility, eligibility_basis, liability_flag, state, opened_at)
VALUES (#21, 'K-1', '000', 'vi', 'eligible', 'registry_import', 'unknown', 'open', '2026-11-23T10:00:00+00:00'),
       (#22, 'K-9', '000', 'vi', 'unverified', NULL, 'no', 'open', '2026-11-23T10:00:00+00:00');
INSERT INTO call (id, case_id, channel, language, caller_role, state, offered_at)
VALUES (#207, #21, 'phone', 'vi', 'worker', 'offered', '2026-11-23T10:00:00+00:00');
INSERT INTO hazard_answer (call_id, number, hazard, answer, answered_at)
VALUES (#207, 1, 'H-GAS', 'yes', '2026-11-23T10:00:00+00:00'),
       (#207, 2, 'H-CRIME', 'yes', '2026-11-23T10:00:00+00:00');
INSERT INTO hazard_instruction (call_id, number, given_at) VALUES (#207, 1, '2026-11-23T10:00:30+00:00');
INSERT INTO job (id, case_id, job_code, trade, priority, state, state_since, created_at, wake_at)
VALUES (#31, #21, 'W-TOILET-CLOG', 'water', 'P1', 'assigned', '2026-11-23T10:00:00+00:00', '2026-11-23T10:00:00+00:00',
        '2026-11-23T10:10:00+00:00'),
       (#32, #21, 'W-TOILET-CLOG', 'water', 'P2', 'assigned', '2026-11-23T10:00:00+00:00', '2026-11-23T10:00:00+00:00',
        '2026-11-23T10:10:00+00:00'),
       (#33, #21, 'W-TOILET-CLOG', 'water', 'P2', 'unassigned', '2026-11-23T10:00:00+00:00',
        '2026-11-23T10:00:00+00:00', '2026-11-23T10:05:00+00:00');
INSERT INTO referral (id, case_id, job_id, job_code, reason, stage, component, private_or_common, lessee_kind,
                      consent_to_contact, evidence, state, decided_at, follow_up_due, follow_up_basis)
VALUES (#151, #21, #31, 'W-CEILING-LEAK', 'wear', 'triage', 'ceiling', 'common', 'worker', 'yes', '[]', 'open',
        '2026-11-23T10:00:00+00:00', '2026-11-24T01:00:00+00:00', 'known');
INSERT INTO alarm (id, kind, subject, subject_id, state, raised_at, rings_at, rung)
VALUES (#131, 'refusals', 'job', #33, 'ringing', '2026-11-23T10:05:00+00:00', '2026-11-23T10:07:00+00:00', 1);
INSERT INTO warrant (case_id, number, kind, reason, at)
VALUES (#21, 1, 'goodwill', 'danger', '2026-11-23T10:00:00+00:00');
INSERT INTO identity_plan (job_id, number, method, impossible, planned_at)
VALUES (#31, 1, 'card_on_person', '[]', '2026-11-23T10:01:00+00:00');
INSERT INTO decision (id, job_id, decided_at, engine_version, document)
VALUES (#41, #31, '2026-11-23T10:01:00+00:00', '1', '{}'),
       (#42, #32, '2026-11-23T10:01:00+00:00', '1', '{}');
INSERT INTO offer (id, job_id, decision_id, firm_id, technician_id, rank, state, offered_at, deadline, answered_at,
                   decline_code)
VALUES (#71, #31, #41, #1, #11, 1, 'accepted', '2026-11-23T10:01:00+00:00', '2026-11-23T10:06:00+00:00',
        '2026-11-23T10:02:00+00:00', NULL),
       (#72, #32, #42, #1, #11, 1, 'declined', '2026-11-23T10:01:00+00:00', '2026-11-23T10:06:00+00:00',
        '2026-11-23T10:02:00+00:00', 'too_far'),
       (#73, #32, #42, #2, #13, 2, 'accepted', '2026-11-23T10:02:00+00:00', '2026-11-23T10:07:00+00:00',
        '2026-11-23T10:03:00+00:00', NULL);
INSERT INTO assignment (id, job_id, offer_id, firm_id, technician_id, slot, assigned_at, counts_from, released_at,
                        release_code, current_since)
VALUES (#81, #31, #71, #1, #11, 'current', '2026-11-23T10:02:00+00:00', '2026-11-23T10:02:00+00:00', NULL, NULL,
        '2026-11-23T10:02:00+00:00'),
       (#82, #32, #73, #2, #13, 'released', '2026-11-23T10:03:00+00:00', '2026-11-23T10:03:00+00:00', '2026-11-23T10:04:00+00:00',
        'breakdown', '2026-11-23T10:03:00+00:00');
INSERT INTO order_note (assignment_id, number, terms_version, issued_at)
VALUES (#81, 'O-1', 'terms-1', '2026-11-23T10:02:00+00:00');
INSERT INTO planned_window (id, technician_id, job_id, starts_at, ends_at, state)
VALUES (#86, #11, #31, '2026-11-24T01:00:00+00:00', '2026-11-24T02:00:00+00:00', 'planned'),
       (#87, #11, #32, '2026-11-24T04:00:00+00:00', '2026-11-24T05:00:00+00:00', 'planned');
INSERT INTO fact (id, job_id, assignment_id, technician_id, device, device_seq, kind, device_time, sent_at,
                  received_at, told_by, data)
VALUES (#91, #31, #81, #11, 'phone-1', 1, 'consent', '2026-11-23T10:30:00+00:00', '2026-11-23T10:30:00+00:00',
        '2026-11-23T10:30:01+00:00', 'device', '{}');
INSERT INTO settlement (id, job_id, number, record_hash, basis, settled_at)
VALUES (#101, #31, 1, @1, 'completed', '2026-11-23T12:00:00+00:00');
INSERT INTO ledger_line (id, settlement_id, job_id, firm_id, line, kind, code, quantity, unit_price_yen, amount_yen,
                         tax_included_yen, collected_yen, payer, rule, consent_fact_id, reverses, proof, text_ja,
                         text_en)
VALUES (#111, #101, #31, #1, 1, 'part', 'packing', '2', 550, 1100, 100, 1100, 'worker', 'C-07', #91, NULL, '{}', '部品',
        'part'),
       (#112, #101, #31, #1, 2, 'reversal', 'packing', '-2', 550, -1100, -100, -1100, 'worker', 'C-07', NULL, #111, '{}',
        '取消', 'reversal'),
       (#113, #101, #31, #1, 3, 'part', 'valve', '1', 2200, 2200, 200, 0, 'worker', 'C-07', #91, NULL, '{}', '部品',
        'part');
INSERT INTO review (id, job_id, number, state, flags, opened_at)
VALUES (#161, #31, 1, 'open', '[]', '2026-11-23T12:00:00+00:00');
INSERT INTO dispute (id, job_id, number, reason, payer, opened_at)
VALUES (#171, #31, 1, 'wrong_amount', 'worker', '2026-11-23T12:00:00+00:00'),
       (#172, #31, 2, 'not_done', 'worker', '2026-11-23T12:00:00+00:00');
INSERT INTO review_decision (id, job_id, number, review_id, ruling, reason, data, decided_at)
VALUES (#181, #31, 1, #161, 'accept', 'confirmed_by_phone', '{}', '2026-11-23T12:00:00+00:00');
INSERT INTO dispute_resolution (dispute_id, outcome, resolved_at) VALUES (#171, 'rejected', '2026-11-23T12:00:00+00:00');
INSERT INTO payment (id, job_id, kind, method, payer, amount_yen, received_at, fact_id, recorded_at)
VALUES (#191, #31, 'cash_on_site', 'cash', 'worker', 1100, '2026-11-23T12:00:00+00:00', #91, '2026-11-23T12:00:00+00:00');
INSERT INTO statutory_receipt (id, job_id, number, received_on, recorded_at)
VALUES (#195, #31, 1, '2026-11-23', '2026-11-23T12:00:00+00:00');
INSERT INTO payer_authority (id, job_id, payer, person_hash, recorded_at)
VALUES (#196, #31, 'host_company', @1, '2026-11-23T12:00:00+00:00'), (#197, #33, 'host_company', @1, '2026-11-23T12:00:00+00:00');
INSERT INTO payer_authority_person (authority_id, name, salt) VALUES (#196, '架空 花子', @1);
INSERT INTO evidence (id, job_id, firm_id, technician_id, kind, media_type, bytes, sha256, file, device_time, received_at,
                      erased_at, erased_for)
VALUES (#161, #31, #1, #11, 'photo_before', 'image/jpeg', 3, @1, #162, '2026-11-23T10:20:00+00:00',
        '2026-11-23T10:20:01+00:00', NULL, NULL),
       (#163, #31, NULL, NULL, 'damage', 'image/jpeg', 3, @1, #164, '2026-11-23T10:20:00+00:00',
        '2026-11-23T10:20:01+00:00', '2026-11-23T10:30:00+00:00', 'request');
INSERT INTO signature_absence (job_id, reason, at) VALUES (#31, 'nobody_there', '2026-11-23T10:40:00+00:00');
INSERT INTO retention_run (id, day, begun_at, claimed_at, finished_at, read_log_before, counts)
VALUES (#165, '2026-11-22', '2026-11-22T10:00:00+00:00', '2026-11-22T10:00:00+00:00', '2026-11-22T10:01:00+00:00',
        '2023-11-22T10:00:00+00:00', '{}'),
       (#166, '2026-11-23', '2026-11-23T10:00:00+00:00', '2026-11-23T10:00:00+00:00', NULL,
        '2023-11-23T10:00:00+00:00', '{}');
INSERT INTO read_log (id, at, actor, route, purpose)
VALUES (#167, '2026-11-23T10:00:00+00:00', 'dispatcher', 'GET /v1/cases/{id}', 'dispatch'),
       (#168, '2023-11-23T09:59:59+00:00', 'dispatcher', 'GET /v1/cases/{id}', 'dispatch');
INSERT INTO case_erasure (case_id, at, reason) VALUES (#21, '2026-11-23T10:50:00+00:00', 'retention');
INSERT INTO hand_over (id, given_at, given_by, snapshot) VALUES (#220, '2026-11-23T10:00:00+00:00', #62, '{}');
INSERT INTO event (id, at, actor, actor_id, subject, subject_id, kind, data)
VALUES (#121, '2026-11-23T10:00:00+00:00', 'dispatcher', #61, 'case', #21, 'opened', '{}'),
       (#122, '2026-11-23T10:01:00+00:00', 'ladder', NULL, 'job', #31, 'offered', '{}'),
       (#123, '2026-11-23T10:02:00+00:00', 'technician', #11, 'job', #31, 'accepted', '{}'),
       (#124, '2026-11-23T10:03:00+00:00', 'technician', #11, 'job', #31, 'departed', '{}');
INSERT INTO feed (pos, ord, prev_hash, hash) VALUES (1, 1, @0, @1), (2, 2, @1, @2);
INSERT INTO webhook (id, url, kinds, state, failures, created_at)
VALUES (#161, 'https://example.jp/', '[]', 'active', 0, '2026-11-23T10:00:00+00:00');
INSERT INTO webhook_secret (webhook_id, number, secret, created_at, expires_at)
VALUES (#161, 1, @1, '2026-11-23T10:00:00+00:00', '2026-11-24T10:00:00+00:00'),
       (#161, 2, @2, '2026-11-23T10:00:00+00:00', NULL);
INSERT INTO message (id, channel, receiver, webhook_id, pos, state, attempts, attempts_before, next_at, created_at,
                     settled_at)
VALUES (#162, 'webhook', #161, #161, 1, 'sent', 1, 0, NULL, '2026-11-23T10:00:00+00:00',
        '2026-11-23T10:00:01+00:00');
INSERT INTO message_attempt (message_id, number, at, code, status)
VALUES (#162, 1, '2026-11-23T10:00:01+00:00', 'delivered', 204);
"#;

/// One more row that the world allows: column and literal. `position` and `feed_queue` have none with text in it, `feed_head` has one row.
pub(crate) fn sample(table: &str) -> Vec<(&'static str, &'static str)> {
    let (_, row) =
        SAMPLES.iter().find(|(name, _)| *name == table).unwrap_or_else(|| panic!("no sample of {table}"));
    row.to_vec()
}

/// The tables that have a sample.
pub(crate) fn sampled() -> impl Iterator<Item = &'static str> {
    SAMPLES.iter().map(|(name, _)| *name)
}

/// `INSERT INTO table …` of the sample row with some columns replaced.
pub(crate) fn insert(table: &str, replaced: &[(&str, &str)]) -> String {
    let mut row = sample(table);
    for (column, _) in replaced {
        assert!(row.iter().any(|(known, _)| known == column), "{table} has no {column} in its sample");
    }
    for (column, literal) in &mut row {
        if let Some((_, other)) = replaced.iter().find(|(name, _)| name == column) {
            *literal = other;
        }
    }
    let columns: Vec<_> = row.iter().map(|(column, _)| *column).collect();
    let literals: Vec<_> = row.iter().map(|(_, literal)| *literal).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), literals.join(", "))
}

const AT: &str = "'2026-11-23T11:00:00+00:00'";
/// Long enough before that a retention run may name it.
const LONG_AGO: &str = "'2020-11-23T11:00:00+00:00'";
const LATER: &str = "'2026-11-23T11:05:00.000001+00:00'";

type Row = &'static [(&'static str, &'static str)];

#[rustfmt::skip] // a table is read as a table
const SAMPLES: &[(&str, Row)] = &[
    ("reference_dataset", &[("name", "'desks'"), ("version", "2"), ("sha256", "@2"), ("body", "@2x3"), ("loaded_at", AT)]),
    ("municipality", &[
        ("jis_code", "'23101'"), ("prefecture", "'愛知県'"), ("prefecture_kana", "'アイチケン'"),
        ("name", "'名古屋市千種区'"), ("name_kana", "'ナゴヤシチクサク'"), ("parent_code", "'23100'"),
        ("lat_e6", "35160000"), ("lon_e6", "136940000"),
    ]),
    ("town", &[
        ("id", "1"), ("postal_code", "'4600008'"), ("jis_code", "'23106'"), ("name", "'栄'"), ("name_kana", "'サカエ'"),
        ("lat_e6", "35168000"), ("lon_e6", "136910000"), ("precision", "'town'"),
    ]),
    ("firm", &[
        ("id", "#201"), ("name", "'架空水道'"), ("phone", "'+81355500003'"), ("email", "NULL"), ("state", "'active'"), ("tier", "1"),
        ("offers_to", "'technician'"), ("licences", "'[]'"), ("registration_number", "NULL"), ("key", "NULL"),
        ("created_at", AT),
    ]),
    ("firm_area", &[("firm_id", "#1"), ("jis_code", "'23100'")]),
    ("technician", &[
        ("id", "#202"), ("firm_id", "#1"), ("name", "'丁'"), ("phone", "'+81355500014'"), ("base_lat_e6", "0"),
        ("base_lon_e6", "0"), ("trades", "'[]'"), ("languages", "'[]'"), ("shifts", "'[]'"), ("state", "'active'"),
        ("job_codes", "'[]'"), ("tools", "'[]'"), ("opening_tools", "'not_authorised'"), ("badge_number", "NULL"),
        ("key", "NULL"), ("created_at", AT), ("confirmed_at", AT),
    ]),
    ("position", &[
        ("technician_id", "#11"), ("lat_e6", "0"), ("lon_e6", "0"), ("accuracy_m", "10"), ("measured_at", AT),
        ("received_at", LATER),
    ]),
    ("consumer", &[("id", "#203"), ("name", "'audit'"), ("acknowledged_pos", "0"), ("created_at", AT)]),
    ("technician_proposal", &[
        ("id", "#293"), ("technician_id", "#12"), ("firm_id", "#1"), ("proposed", "'{}'"), ("state", "'waiting'"),
        ("reason", "NULL"), ("made_at", AT), ("made_by", "#61"), ("decided_at", "NULL"), ("decided_by", "NULL"),
    ]),
    ("token", &[
        ("id", "#204"), ("role", "'dispatcher'"), ("name", "'日勤'"), ("firm_id", "NULL"), ("technician_id", "NULL"),
        ("consumer_id", "NULL"), ("secret_sha256", "@204"), ("created_at", AT), ("expires_at", "NULL"),
        ("revoked_at", "NULL"),
    ]),
    ("user_account", &[
        ("id", "#253"), ("token_id", "#64"), ("login", "'suzuki'"), ("password_hash", "'$argon2id$x'"),
        ("password_changed_at", AT), ("created_at", AT), ("disabled_at", "NULL"),
    ]),
    ("session", &[
        ("id", "#254"), ("user_id", "#161"), ("secret_sha256", "@254"), ("created_at", AT), ("seen_at", LATER),
        ("ended_at", "NULL"),
    ]),
    ("sign_in_link", &[
        ("secret_sha256", "@255"), ("user_id", "#161"), ("created_at", AT), ("expires_at", LATER), ("used_at", "NULL"),
    ]),
    ("idempotency", &[
        ("principal", "#61"), ("key", "'k-1'"), ("fingerprint", "@1"), ("outcome", "NULL"), ("created_at", AT),
    ]),
    ("counter", &[("name", "'case'"), ("value", "0")]),
    ("case_file", &[
        ("id", "#205"), ("number", "'K-2'"), ("programme", "'000'"), ("language", "'ja'"),
        ("reading_language", "NULL"), ("eligibility", "'eligible'"), ("eligibility_basis", "'registry_import'"),
        ("lessee_kind", "'unknown'"), ("spoken_with_worker", "NULL"), ("topic", "NULL"), ("liability_flag", "'no'"),
        ("state", "'open'"), ("opened_at", AT), ("closed_at", "NULL"), ("reopened_at", "NULL"),
    ]),
    ("case_category", &[("case_id", "#21"), ("category", "'water'")]),
    ("case_person", &[
        ("case_id", "#21"), ("name", "'架空 太郎'"), ("name_kana", "NULL"), ("phone", "'+81355500021'"),
        ("host_company", "NULL"), ("language_wish", "NULL"),
    ]),
    ("case_place", &[
        ("case_id", "#21"), ("postal_code", "'4600008'"), ("jis_code", "'23106'"), ("town", "'栄'"),
        ("address", "'1-2-3'"), ("building", "'架空荘'"), ("room", "'205'"), ("access_notes", "NULL"),
        ("lat_e6", "35168000"), ("lon_e6", "136910000"), ("precision", "'pin'"),
    ]),
    ("call", &[
        ("id", "#206"), ("case_id", "#21"), ("channel", "'phone'"), ("language", "'vi'"),
        ("reading_language", "NULL"), ("caller_role", "'worker'"), ("state", "'answered'"), ("offered_at", AT),
        ("answered_at", LATER), ("ended_at", "NULL"), ("wrapped_at", "NULL"), ("answered_by", "#61"),
        ("call_back", "NULL"), ("purpose", "NULL"),
    ]),
    ("call_person", &[
        ("call_id", "#207"), ("phone", "'+81355500021'"), ("no_number", "NULL"), ("name", "NULL"),
        ("language_wish", "NULL"),
    ]),
    ("call_draft", &[("call_id", "#207"), ("body", "'{}'"), ("saved_at", AT), ("saved_by", "#61")]),
    ("interpretation", &[
        ("id", "#217"), ("call_id", "#207"), ("job_id", "NULL"), ("language", "'vi'"), ("interpreter", "'int-07'"), ("state", "'requested'"),
        ("requested_at", AT), ("settled_at", "NULL"), ("left_at", "NULL"),
    ]),
    ("call_back", &[
        ("call_id", "#207"), ("number", "1"), ("outcome", "'no_answer'"), ("at", AT), ("recorded_by", "#61"),
    ]),
    ("hazard_answer", &[
        ("call_id", "#207"), ("number", "3"), ("hazard", "'H-GAS'"), ("answer", "'yes'"), ("answered_at", AT),
        ("answered_by", "#61"),
    ]),
    ("hazard_instruction", &[("call_id", "#207"), ("number", "2"), ("given_at", AT), ("given_by", "#61")]),
    ("emergency_handover", &[
        ("id", "#218"), ("call_id", "#207"), ("service", "'gas'"), ("begun_at", AT), ("begun_by", "#61"),
        ("connected_at", "NULL"), ("ended_at", "NULL"), ("outcome", "NULL"),
    ]),
    ("case_hazard", &[
        ("case_id", "#21"), ("number", "1"), ("hazard", "'H-GAS'"), ("call_id", "#207"), ("raised_at", AT),
        ("cleared_at", LATER), ("cleared_by", "'police'"), ("note_code", "'other'"), ("recorded_by", "#61"),
    ]),
    ("hand_over", &[
        ("id", "#219"), ("given_at", AT), ("given_by", "#61"), ("snapshot", "'{}'"), ("accepted_at", "NULL"),
        ("accepted_by", "NULL"),
    ]),
    ("hand_over_note", &[("hand_over_id", "#220"), ("note", "'無し'")]),
    ("warrant", &[
        ("case_id", "#21"), ("number", "2"), ("kind", "'no_referral'"), ("reason", "'not_theirs'"),
        ("job_code", "'W-CEILING-LEAK'"), ("at", AT), ("recorded_by", "#61"),
    ]),
    ("identity_plan", &[
        ("job_id", "#31"), ("number", "2"), ("method", "'none'"), ("impossible", "'[]'"), ("planned_at", AT),
        ("planned_by", "#61"),
    ]),
    ("job", &[
        ("id", "#208"), ("case_id", "#21"), ("job_code", "'W-TOILET-CLOG'"), ("trade", "'water'"), ("priority", "'P1'"),
        ("state", "'unassigned'"), ("state_since", AT), ("hold", "NULL"), ("created_at", AT), ("closed_at", "NULL"),
        ("rework_of", "NULL"), ("wake_at", LATER), ("warned_at", "NULL"), ("round", "1"), ("rung", "0"),
    ]),
    ("decision", &[
        ("id", "#209"), ("job_id", "#33"), ("decided_at", AT), ("decided_by", "NULL"), ("engine_version", "'1'"),
        ("document", "'{}'"),
    ]),
    ("offer", &[
        ("id", "#210"), ("job_id", "#33"), ("decision_id", "#42"), ("firm_id", "#1"), ("technician_id", "#12"),
        ("addressee", "'technician'"), ("role", "'lead'"), ("rank", "1"), ("round", "1"), ("rung", "0"), ("state", "'open'"),
        ("offered_at", AT), ("deadline", LATER), ("answered_at", "NULL"), ("decline_code", "NULL"),
        ("arrival_promised_at", "NULL"), ("answered_via", "NULL"), ("withdraw_code", "NULL"),
        ("naming_due_at", "NULL"), ("agreed_at", "NULL"),
    ]),
    ("assignment", &[
        ("id", "#211"), ("job_id", "#32"), ("offer_id", "#72"), ("firm_id", "#1"), ("technician_id", "#12"),
        ("slot", "'current'"), ("assigned_at", AT), ("counts_from", AT), ("arrival_due_at", "NULL"), ("released_at", "NULL"),
        ("release_code", "NULL"), ("current_since", AT), ("progress_at", "NULL"), ("progress_lat_e6", "NULL"),
        ("progress_lon_e6", "NULL"), ("heard_danger", "0"), ("heard_check", "0"),
    ]),
    ("referral", &[
        ("id", "#251"), ("case_id", "#21"), ("job_id", "NULL"), ("job_code", "NULL"), ("reason", "'unknown'"),
        ("stage", "'on_site'"), ("component", "'tap'"), ("private_or_common", "'private'"),
        ("lessee_kind", "'host_company'"), ("consent_to_contact", "'not_asked'"), ("evidence", "'[]'"),
        ("stop_gap_at", "NULL"), ("state", "'open'"), ("decided_at", AT), ("decided_by", "#61"),
        ("follow_up_due", LATER), ("follow_up_basis", "'assumed'"), ("outcome", "NULL"), ("closed_at", "NULL"),
    ]),
    ("referral_text", &[
        ("referral_id", "#151"), ("symptom", "'水が落ちる'"), ("age_hint", "NULL"), ("basis_text", "'民法'"),
        ("stop_gap", "NULL"), ("stop_gap_by", "NULL"),
    ]),
    ("referral_recipient", &[
        ("referral_id", "#151"), ("kind", "'landlord'"), ("name", "'架空 花子'"), ("phone", "NULL"), ("email", "NULL"),
        ("hours", "'{}'"), ("emergency_phone", "NULL"),
    ]),
    ("referral_attempt", &[
        ("id", "#252"), ("referral_id", "#151"), ("at", AT), ("made_by", "#61"), ("recipient", "'landlord'"),
        ("channel", "'phone'"), ("language", "'ja'"), ("template_version", "'1'"), ("delivery_status", "'sent'"),
    ]),
    ("referral_acknowledgement", &[
        ("referral_id", "#151"), ("recipient", "'landlord'"), ("at", AT), ("recorded_by", "#61"),
    ]),
    ("alarm", &[
        ("id", "#232"), ("kind", "'ladder_ended'"), ("subject", "'job'"), ("subject_id", "#33"), ("state", "'ringing'"),
        ("raised_at", AT), ("rings_at", LATER), ("rung", "1"), ("acknowledged_at", "NULL"), ("acknowledged_by", "NULL"),
        ("resolved_at", "NULL"),
    ]),
    ("order_note", &[
        ("assignment_id", "#82"), ("number", "'O-2'"), ("terms_version", "'terms-1'"), ("issued_at", AT),
    ]),
    ("shift_swap", &[
        ("id", "#281"), ("firm_id", "#1"), ("giver_id", "#11"), ("taker_id", "#12"), ("kind", "'shift'"),
        ("starts_at", "'2026-12-02T02:00:00+00:00'"), ("ends_at", "'2026-12-02T04:00:00+00:00'"),
        ("state", "'planned'"), ("created_at", AT), ("undone_at", "NULL"),
    ]),
    ("shift_entry", &[
        ("id", "#282"), ("technician_id", "#12"), ("kind", "'extra_shift'"),
        ("starts_at", "'2026-12-01T02:00:00+00:00'"), ("ends_at", "'2026-12-01T04:00:00+00:00'"),
        ("state", "'planned'"), ("swap_id", "NULL"), ("created_at", AT),
    ]),
    ("blocked_pair", &[
        ("id", "#233"), ("firm_id", "#1"), ("technician_id", "NULL"), ("reason", "'dispute'"), ("created_at", AT),
        ("ended_at", "NULL"),
    ]),
    ("blocked_pair_person", &[("blocked_pair_id", "#141"), ("phone", "'+81355500021'")]),
    ("webhook", &[
        ("id", "#261"), ("firm_id", "#1"), ("url", "'https://example.jp/hook'"), ("kinds", "'[]'"), ("state", "'active'"),
        ("failures", "0"), ("created_at", AT),
    ]),
    ("webhook_secret", &[
        ("webhook_id", "#161"), ("number", "3"), ("secret", "@3"), ("created_at", AT), ("expires_at", LATER),
    ]),
    ("message_cursor", &[("name", "'audit'"), ("pos", "0")]),
    ("message", &[
        ("id", "#262"), ("channel", "'webhook'"), ("receiver", "#161"), ("webhook_id", "#161"), ("firm_id", "NULL"),
        ("referral_id", "NULL"), ("pos", "2"), ("state", "'pending'"), ("attempts", "0"), ("attempts_before", "0"),
        ("next_at", AT), ("created_at", AT), ("settled_at", "NULL"),
    ]),
    ("message_attempt", &[
        ("message_id", "#162"), ("number", "2"), ("at", AT), ("code", "'status'"), ("status", "500"),
    ]),
    ("planned_window", &[
        ("id", "#212"), ("technician_id", "#11"), ("job_id", "#33"), ("starts_at", "'2026-11-24T02:00:00+00:00'"),
        ("ends_at", "'2026-11-24T04:00:00+00:00'"), ("state", "'planned'"), ("confirmation", "'null'"),
    ]),
    ("fact_rejection", &[("job_id", "#31"), ("mark", "'x'")]),
    ("fact", &[
        ("id", "#213"), ("job_id", "#31"), ("assignment_id", "#81"), ("technician_id", "#11"), ("device", "'phone-1'"),
        ("device_seq", "2"), ("kind", "'arrival'"), ("device_time", AT), ("sent_at", AT), ("received_at", LATER),
        ("told_by", "'device'"), ("unresolved", "NULL"), ("data", "'{}'"),
    ]),
    ("settlement", &[("id", "#214"), ("job_id", "#31"), ("number", "2"), ("record_hash", "@2"),
                     ("basis", "'completed'"), ("decision_id", "NULL"), ("settled_at", AT)]),
    ("ledger_line", &[
        ("id", "#215"), ("settlement_id", "#101"), ("job_id", "#31"), ("firm_id", "#1"), ("line", "4"),
        ("kind", "'part'"), ("code", "NULL"), ("quantity", "'1.5'"), ("unit_price_yen", "100"), ("amount_yen", "150"),
        ("tax_included_yen", "13"), ("collected_yen", "0"), ("payer", "'worker'"), ("rule", "'C-07'"), ("consent_fact_id", "NULL"),
        ("reverses", "NULL"), ("proof", "'{}'"), ("text_ja", "'部品'"), ("text_en", "'part'"),
    ]),
    ("evidence", &[
        ("id", "#261"), ("job_id", "#31"), ("firm_id", "#1"), ("technician_id", "#11"), ("kind", "'photo_after'"),
        ("media_type", "'image/png'"), ("bytes", "3"), ("sha256", "@2"), ("file", "#262"), ("device_time", AT),
        ("received_at", LATER), ("uploaded_by", "#61"), ("erased_at", "NULL"), ("erased_for", "NULL"),
    ]),
    ("loose_file", &[("file", "#263"), ("due_at", AT)]),
    ("signature_absence", &[("job_id", "#32"), ("reason", "'refused'"), ("at", AT), ("recorded_by", "#61")]),
    ("retention_run", &[
        ("id", "#264"), ("day", "'2026-11-24'"), ("begun_at", AT), ("claimed_at", AT), ("finished_at", "NULL"),
        ("read_log_before", LONG_AGO), ("counts", "'{}'"),
    ]),
    ("read_log", &[
        ("id", "#265"), ("at", AT), ("actor", "'dispatcher'"), ("actor_id", "#61"), ("route", "'GET /v1/cases/{id}'"),
        ("purpose", "'dispatch'"), ("subject", "'case'"), ("subject_id", "#21"), ("case_id", "#21"),
    ]),
    ("case_hold", &[("case_id", "#22"), ("placed_at", AT), ("reason", "'litigation'")]),
    ("case_erasure", &[("case_id", "#22"), ("at", AT), ("reason", "'person_asked'"), ("erased_by", "#61")]),
    ("event", &[
        ("id", "#216"), ("at", AT), ("actor", "'dispatcher'"), ("actor_id", "#61"), ("subject", "'job'"),
        ("subject_id", "#31"), ("kind", "'assigned'"), ("data", "'{}'"), ("seals", "'[]'"),
    ]),
    ("feed", &[("pos", "3"), ("ord", "3"), ("prev_hash", "@2"), ("hash", "@3"), ("topic", "NULL")]),
    ("review", &[
        ("id", "#261"), ("job_id", "#32"), ("number", "1"), ("state", "'open'"), ("flags", "'[]'"), ("opened_at", AT),
        ("closed_at", "NULL"),
    ]),
    ("dispute", &[
        ("id", "#271"), ("job_id", "#31"), ("number", "3"), ("reason", "'other'"), ("payer", "'worker'"),
        ("opened_at", AT), ("opened_by", "#61"), ("note_hash", "@1"),
    ]),
    ("dispute_note", &[("dispute_id", "#171"), ("note", "'高い'"), ("salt", "@1")]),
    ("review_decision", &[
        ("id", "#281"), ("job_id", "#31"), ("number", "2"), ("review_id", "#161"), ("dispute_id", "NULL"),
        ("ruling", "'write_off'"), ("reason", "'goodwill'"), ("data", "'{}'"), ("decided_at", AT), ("decided_by", "#61"),
        ("note_hash", "@1"),
    ]),
    ("review_note", &[("decision_id", "#181"), ("note", "'電話で確認'"), ("salt", "@1")]),
    ("dispute_resolution", &[
        ("dispute_id", "#172"), ("outcome", "'rejected'"), ("decision_id", "NULL"), ("resolved_at", AT),
        ("resolved_by", "#61"),
    ]),
    ("payment", &[
        ("id", "#291"), ("job_id", "#31"), ("kind", "'later'"), ("method", "'cash'"), ("payer", "'worker'"),
        ("amount_yen", "1100"), ("received_at", AT), ("reference_hash", "NULL"), ("fact_id", "NULL"),
        ("settlement_id", "#101"), ("recorded_at", AT), ("recorded_by", "#61"),
    ]),
    ("statutory_receipt", &[
        ("id", "#295"), ("job_id", "#31"), ("number", "2"), ("received_on", "'2026-11-24'"), ("recorded_at", AT),
        ("recorded_by", "#61"),
    ]),
    ("payer_authority", &[
        ("id", "#296"), ("job_id", "#32"), ("payer", "'host_company'"), ("referral_id", "NULL"), ("evidence", "NULL"),
        ("person_hash", "@1"), ("recorded_at", AT), ("recorded_by", "#61"),
    ]),
    ("payer_authority_person", &[("authority_id", "#197"), ("name", "'架空 次郎'"), ("salt", "@1")]),
    ("payment_reference", &[("payment_id", "#191"), ("reference", "'R-1'"), ("salt", "@1")]),
];
