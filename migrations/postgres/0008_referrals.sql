-- Referrals to landlord or management company (section 3): the proof of notice. What is said and whom it is said to sit
-- in side tables that retention may erase.

-- A referral that is not closed has an instant at which somebody looks at it again.
CREATE TABLE referral (
    id                 uuid NOT NULL PRIMARY KEY,
    version            bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id            uuid NOT NULL REFERENCES case_file,
    job_id             uuid REFERENCES job,
    job_code           text CHECK (char_length(job_code) BETWEEN 1 AND 64),
    reason             text NOT NULL CHECK (reason IN ('wear', 'common_area', 'both', 'building_defect', 'unknown')),
    stage              text NOT NULL CHECK (stage IN ('triage', 'on_site')),
    component          text NOT NULL CHECK (component IN ('tap', 'toilet', 'washer_tap', 'unit_pipe', 'hidden_pipe', 'meter', 'branch_drain', 'stack', 'ceiling', 'door_lock', 'door', 'entrance', 'window', 'equipment', 'other')),
    private_or_common  text NOT NULL CHECK (private_or_common IN ('private', 'common', 'unknown')),
    lessee_kind        text NOT NULL CHECK (lessee_kind IN ('worker', 'host_company', 'host_owned', 'unknown')),
    consent_to_contact text NOT NULL CHECK (consent_to_contact IN ('yes', 'no', 'not_asked')),
    evidence           text NOT NULL CHECK (char_length(evidence) <= 4096 AND json_kind(evidence) <> ''),
    stop_gap_at        timestamptz,
    state              text NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
    decided_at         timestamptz NOT NULL,
    decided_by         uuid REFERENCES token,
    follow_up_due      timestamptz,
    follow_up_basis    text NOT NULL CHECK (follow_up_basis IN ('known', 'assumed')),
    outcome            text CHECK (outcome IN ('repaired_by_landlord', 'refused', 'no_answer', 'returned_to_us')),
    closed_at          timestamptz,
    CHECK ((closed_at IS NOT NULL) = (state = 'closed')),
    CHECK ((outcome IS NOT NULL) = (state = 'closed')),
    CHECK ((follow_up_due IS NULL) = (state = 'closed'))
);
CREATE INDEX referral_by_case ON referral (case_id);
CREATE INDEX referral_by_state ON referral (state, id);

CREATE TABLE referral_text (
    referral_id uuid NOT NULL PRIMARY KEY REFERENCES referral,
    symptom     text NOT NULL CHECK (char_length(symptom) BETWEEN 1 AND 2000),
    age_hint    text CHECK (char_length(age_hint) BETWEEN 1 AND 200),
    basis_text  text NOT NULL CHECK (char_length(basis_text) BETWEEN 1 AND 2000),
    stop_gap    text CHECK (char_length(stop_gap) BETWEEN 1 AND 2000),
    stop_gap_by text CHECK (char_length(stop_gap_by) BETWEEN 1 AND 200)
);

CREATE TABLE referral_recipient (
    referral_id     uuid NOT NULL REFERENCES referral,
    kind            text NOT NULL CHECK (kind IN ('landlord', 'management_company', 'host_company', 'waterworks')),
    name            text CHECK (char_length(name) BETWEEN 1 AND 200),
    phone           text CHECK (char_length(phone) BETWEEN 1 AND 32),
    email           text CHECK (char_length(email) BETWEEN 3 AND 254),
    hours           text NOT NULL CHECK (char_length(hours) <= 8192 AND json_kind(hours) <> ''),
    emergency_phone text CHECK (char_length(emergency_phone) BETWEEN 1 AND 32),
    PRIMARY KEY (referral_id, kind)
);

-- Attempts to tell somebody; call-backs to the worker who tells them himself name nobody.
CREATE TABLE referral_attempt (
    id               uuid NOT NULL PRIMARY KEY,
    referral_id      uuid NOT NULL REFERENCES referral,
    at               timestamptz NOT NULL,
    made_by          uuid REFERENCES token,
    recipient        text CHECK (recipient IN ('landlord', 'management_company', 'host_company', 'waterworks')),
    channel          text NOT NULL CHECK (channel IN ('phone', 'email', 'post', 'message', 'by_worker')),
    language         text NOT NULL CHECK (char_length(language) BETWEEN 2 AND 35),
    template_version text NOT NULL CHECK (char_length(template_version) BETWEEN 1 AND 64),
    delivery_status  text NOT NULL CHECK (delivery_status IN ('sent', 'delivered', 'failed', 'no_answer', 'confirmed')),
    CHECK ((recipient IS NULL) = (channel = 'by_worker'))
);
CREATE INDEX referral_attempt_by_referral ON referral_attempt (referral_id, id);

CREATE TABLE referral_acknowledgement (
    referral_id uuid NOT NULL REFERENCES referral,
    recipient   text NOT NULL CHECK (recipient IN ('landlord', 'management_company', 'host_company', 'waterworks')),
    at          timestamptz NOT NULL,
    recorded_by uuid REFERENCES token,
    PRIMARY KEY (referral_id, recipient)
);
