-- Referrals to landlord or management company (section 3): the proof of notice. What is said and whom it is said to sit
-- in side tables that retention may erase.

-- A referral that is not closed has an instant at which somebody looks at it again.
CREATE TABLE referral (
    id                 BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version            INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id            BLOB NOT NULL REFERENCES case_file,
    job_id             BLOB REFERENCES job,
    job_code           TEXT CHECK (length(job_code) BETWEEN 1 AND 64),
    reason             TEXT NOT NULL CHECK (reason IN ('wear', 'common_area', 'both', 'building_defect', 'unknown')),
    stage              TEXT NOT NULL CHECK (stage IN ('triage', 'on_site')),
    component          TEXT NOT NULL CHECK (component IN ('tap', 'toilet', 'washer_tap', 'unit_pipe', 'hidden_pipe', 'meter', 'branch_drain', 'stack', 'ceiling', 'door_lock', 'door', 'entrance', 'window', 'equipment', 'other')),
    private_or_common  TEXT NOT NULL CHECK (private_or_common IN ('private', 'common', 'unknown')),
    lessee_kind        TEXT NOT NULL CHECK (lessee_kind IN ('worker', 'host_company', 'host_owned', 'unknown')),
    consent_to_contact TEXT NOT NULL CHECK (consent_to_contact IN ('yes', 'no', 'not_asked')),
    evidence           TEXT NOT NULL CHECK (length(evidence) <= 4096 AND json_valid(evidence)),
    stop_gap_at        TEXT CHECK (stop_gap_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(stop_gap_at, 1, 19)) IS substr(stop_gap_at, 1, 19) AND julianday(stop_gap_at) IS NOT NULL AND length(stop_gap_at) IN (25, 29, 32) AND stop_gap_at GLOB '*+00:00' AND stop_gap_at NOT GLOB '*000+00:00' AND stop_gap_at NOT GLOB '*T24*'),
    state              TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
    decided_at         TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(decided_at, 1, 19)) IS substr(decided_at, 1, 19) AND julianday(decided_at) IS NOT NULL AND length(decided_at) IN (25, 29, 32) AND decided_at GLOB '*+00:00' AND decided_at NOT GLOB '*000+00:00' AND decided_at NOT GLOB '*T24*'),
    decided_by         BLOB REFERENCES token,
    follow_up_due      TEXT CHECK (follow_up_due IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(follow_up_due, 1, 19)) IS substr(follow_up_due, 1, 19) AND julianday(follow_up_due) IS NOT NULL AND length(follow_up_due) IN (25, 29, 32) AND follow_up_due GLOB '*+00:00' AND follow_up_due NOT GLOB '*000+00:00' AND follow_up_due NOT GLOB '*T24*'),
    follow_up_basis    TEXT NOT NULL CHECK (follow_up_basis IN ('known', 'assumed')),
    outcome            TEXT CHECK (outcome IN ('repaired_by_landlord', 'refused', 'no_answer', 'returned_to_us')),
    closed_at          TEXT CHECK (closed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(closed_at, 1, 19)) IS substr(closed_at, 1, 19) AND julianday(closed_at) IS NOT NULL AND length(closed_at) IN (25, 29, 32) AND closed_at GLOB '*+00:00' AND closed_at NOT GLOB '*000+00:00' AND closed_at NOT GLOB '*T24*'),
    CHECK ((closed_at IS NOT NULL) = (state = 'closed')),
    CHECK ((outcome IS NOT NULL) = (state = 'closed')),
    CHECK ((follow_up_due IS NULL) = (state = 'closed'))
) STRICT, WITHOUT ROWID;
CREATE INDEX referral_by_case ON referral (case_id);
CREATE INDEX referral_by_state ON referral (state, id);

CREATE TABLE referral_text (
    referral_id BLOB NOT NULL PRIMARY KEY REFERENCES referral,
    symptom     TEXT NOT NULL CHECK (length(symptom) BETWEEN 1 AND 2000),
    age_hint    TEXT CHECK (length(age_hint) BETWEEN 1 AND 200),
    basis_text  TEXT NOT NULL CHECK (length(basis_text) BETWEEN 1 AND 2000),
    stop_gap    TEXT CHECK (length(stop_gap) BETWEEN 1 AND 2000),
    stop_gap_by TEXT CHECK (length(stop_gap_by) BETWEEN 1 AND 200)
) STRICT, WITHOUT ROWID;

CREATE TABLE referral_recipient (
    referral_id     BLOB NOT NULL REFERENCES referral,
    kind            TEXT NOT NULL CHECK (kind IN ('landlord', 'management_company', 'host_company', 'waterworks')),
    name            TEXT CHECK (length(name) BETWEEN 1 AND 200),
    phone           TEXT CHECK (length(phone) BETWEEN 1 AND 32),
    email           TEXT CHECK (length(email) BETWEEN 3 AND 254),
    hours           TEXT NOT NULL CHECK (length(hours) <= 8192 AND json_valid(hours)),
    emergency_phone TEXT CHECK (length(emergency_phone) BETWEEN 1 AND 32),
    PRIMARY KEY (referral_id, kind)
) STRICT, WITHOUT ROWID;

-- Attempts to tell somebody; call-backs to the worker who tells them himself name nobody.
CREATE TABLE referral_attempt (
    id               BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    referral_id      BLOB NOT NULL REFERENCES referral,
    at               TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    made_by          BLOB REFERENCES token,
    recipient        TEXT CHECK (recipient IN ('landlord', 'management_company', 'host_company', 'waterworks')),
    channel          TEXT NOT NULL CHECK (channel IN ('phone', 'email', 'post', 'message', 'by_worker')),
    language         TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    template_version TEXT NOT NULL CHECK (length(template_version) BETWEEN 1 AND 64),
    delivery_status  TEXT NOT NULL CHECK (delivery_status IN ('sent', 'delivered', 'failed', 'no_answer', 'confirmed')),
    CHECK ((recipient IS NULL) = (channel = 'by_worker'))
) STRICT, WITHOUT ROWID;
CREATE INDEX referral_attempt_by_referral ON referral_attempt (referral_id, id);

CREATE TABLE referral_acknowledgement (
    referral_id BLOB NOT NULL REFERENCES referral,
    recipient   TEXT NOT NULL CHECK (recipient IN ('landlord', 'management_company', 'host_company', 'waterworks')),
    at          TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token,
    PRIMARY KEY (referral_id, recipient)
) STRICT, WITHOUT ROWID;
