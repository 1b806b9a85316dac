-- What a supervisor decides about money, what was paid, what is disputed. Decisions, payments, disputes and their
-- resolutions are never edited: a later row supersedes. What a person wrote sits in side tables that retention may erase.

-- A completed job whose record is doubtful, until somebody has decided or the doubt is gone.
CREATE TABLE review (
    id uuid NOT NULL PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    job_id uuid NOT NULL REFERENCES job,
    number bigint NOT NULL CHECK (number >= 1),
    state text NOT NULL CHECK (state IN ('open', 'decided', 'gone')),
    flags text NOT NULL CHECK (json_kind(flags) <> '' AND char_length(flags) <= 1048576),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    UNIQUE (job_id, number),
    CHECK ((closed_at IS NOT NULL) = (state <> 'open'))
);
CREATE UNIQUE INDEX review_open ON review (job_id) WHERE state = 'open';
CREATE INDEX review_by_state ON review (state, id);
CREATE TRIGGER review_closed BEFORE UPDATE ON review FOR EACH ROW WHEN (OLD.state <> 'open')
    EXECUTE FUNCTION refuse('review_closed');
CREATE TRIGGER review_never_deleted BEFORE DELETE ON review
    FOR EACH ROW EXECUTE FUNCTION refuse('review_never_deleted');
CREATE TRIGGER review_never_deleted_whole BEFORE TRUNCATE ON review
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('review_never_deleted');

-- Somebody who is to pay does not agree.
CREATE TABLE dispute (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES job,
    number bigint NOT NULL CHECK (number >= 1),
    reason text NOT NULL CHECK (reason IN ('wrong_amount', 'not_done', 'not_agreed', 'poor_work', 'damage', 'wrong_payer', 'paid_already', 'cooling_off', 'other')),
    payer text NOT NULL CHECK (payer IN ('worker', 'host_company', 'landlord', 'programme')),
    opened_at timestamptz NOT NULL,
    opened_by uuid REFERENCES token,
    -- Of the words beside it.
    note_hash bytea CHECK (octet_length(note_hash) = 32),
    UNIQUE (job_id, number)
);
CREATE TRIGGER dispute_immutable BEFORE UPDATE OR DELETE ON dispute
    FOR EACH ROW EXECUTE FUNCTION refuse('dispute_immutable');
CREATE TRIGGER dispute_immutable_whole BEFORE TRUNCATE ON dispute
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('dispute_immutable');

CREATE TABLE dispute_note (
    dispute_id uuid NOT NULL PRIMARY KEY REFERENCES dispute,
    note text NOT NULL CHECK (char_length(note) BETWEEN 1 AND 2000),
    salt bytea NOT NULL CHECK (octet_length(salt) = 32)
);

-- What a supervisor decided about a job's bill: of a review or of a dispute. The last one of a job is in force, whole.
CREATE TABLE review_decision (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES job,
    number bigint NOT NULL CHECK (number >= 1),
    review_id uuid REFERENCES review,
    dispute_id uuid REFERENCES dispute,
    ruling text NOT NULL CHECK (ruling IN ('accept', 'correct', 'write_off', 'rescind')),
    reason text NOT NULL CHECK (reason IN ('confirmed_by_phone', 'confirmed_by_evidence', 'device_clock', 'device_lost', 'report_forgotten', 'entered_twice', 'not_agreed', 'poor_work', 'goodwill', 'cooling_off', 'other')),
    data text NOT NULL CHECK (json_kind(data) <> '' AND char_length(data) <= 1048576),
    decided_at timestamptz NOT NULL,
    decided_by uuid REFERENCES token,
    -- Of the words beside it.
    note_hash bytea CHECK (octet_length(note_hash) = 32),
    UNIQUE (job_id, number),
    CHECK ((review_id IS NULL) <> (dispute_id IS NULL))
);
CREATE TRIGGER review_decision_immutable BEFORE UPDATE OR DELETE ON review_decision
    FOR EACH ROW EXECUTE FUNCTION refuse('review_decision_immutable');
CREATE TRIGGER review_decision_immutable_whole BEFORE TRUNCATE ON review_decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('review_decision_immutable');

CREATE TABLE review_note (
    decision_id uuid NOT NULL PRIMARY KEY REFERENCES review_decision,
    note text NOT NULL CHECK (char_length(note) BETWEEN 1 AND 2000),
    salt bytea NOT NULL CHECK (octet_length(salt) = 32)
);

CREATE TABLE dispute_resolution (
    dispute_id uuid NOT NULL PRIMARY KEY REFERENCES dispute,
    outcome text NOT NULL CHECK (outcome IN ('upheld', 'rejected', 'withdrawn')),
    decision_id uuid REFERENCES review_decision,
    resolved_at timestamptz NOT NULL,
    resolved_by uuid REFERENCES token,
    CHECK ((outcome = 'upheld') = (decision_id IS NOT NULL))
);
CREATE TRIGGER dispute_resolution_immutable BEFORE UPDATE OR DELETE ON dispute_resolution
    FOR EACH ROW EXECUTE FUNCTION refuse('dispute_resolution_immutable');
CREATE TRIGGER dispute_resolution_immutable_whole BEFORE TRUNCATE ON dispute_resolution
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('dispute_resolution_immutable');

-- Money that changed hands. settlement_id: the last settlement of the job when it was recorded; without one it is
-- counted in the lines of the first settlement.
CREATE TABLE payment (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES job,
    kind text NOT NULL CHECK (kind IN ('cash_on_site', 'later', 'refund')),
    method text NOT NULL CHECK (method IN ('cash', 'card', 'bank_transfer', 'convenience_store', 'qr_code', 'other')),
    payer text NOT NULL CHECK (payer IN ('worker', 'host_company', 'landlord', 'programme')),
    amount_yen bigint NOT NULL CHECK (amount_yen BETWEEN 1 AND 1000000000),
    received_at timestamptz NOT NULL,
    reference_hash bytea CHECK (octet_length(reference_hash) = 32),
    fact_id uuid UNIQUE REFERENCES fact,
    settlement_id uuid REFERENCES settlement,
    recorded_at timestamptz NOT NULL,
    recorded_by uuid REFERENCES token,
    CHECK (kind <> 'cash_on_site' OR method = 'cash')
);
CREATE INDEX payment_by_job ON payment (job_id);
CREATE TRIGGER payment_immutable BEFORE UPDATE OR DELETE ON payment
    FOR EACH ROW EXECUTE FUNCTION refuse('payment_immutable');
CREATE TRIGGER payment_immutable_whole BEFORE TRUNCATE ON payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('payment_immutable');

-- Number of a receipt or transfer: desks write who has paid, so it goes with the people of the case. The payment holds its salted hash.
CREATE TABLE payment_reference (
    payment_id uuid NOT NULL PRIMARY KEY REFERENCES payment,
    reference text NOT NULL CHECK (char_length(reference) BETWEEN 1 AND 64),
    salt bytea NOT NULL CHECK (octet_length(salt) = 32)
);

-- The day in Tokyo on which the customer received the statutory document (Y-11). The last one of a job counts.
CREATE TABLE statutory_receipt (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES job,
    number bigint NOT NULL CHECK (number >= 1),
    received_on text NOT NULL CHECK (received_on ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    recorded_at timestamptz NOT NULL,
    recorded_by uuid REFERENCES token,
    UNIQUE (job_id, number)
);
CREATE TRIGGER statutory_receipt_immutable BEFORE UPDATE OR DELETE ON statutory_receipt
    FOR EACH ROW EXECUTE FUNCTION refuse('statutory_receipt_immutable');
CREATE TRIGGER statutory_receipt_immutable_whole BEFORE TRUNCATE ON statutory_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('statutory_receipt_immutable');

-- Whoever may speak for a payer other than the resident has agreed: the host company's named person, or the landlord in
-- writing or on record, on a referral (G-06, C-23). Who that was stands beside it and goes with the people of the case; their salted hash stays.
CREATE TABLE payer_authority (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES job,
    payer text NOT NULL CHECK (payer IN ('host_company', 'landlord')),
    referral_id uuid REFERENCES referral,
    evidence text CHECK (char_length(evidence) BETWEEN 1 AND 64),
    person_hash bytea NOT NULL CHECK (octet_length(person_hash) = 32),
    recorded_at timestamptz NOT NULL,
    recorded_by uuid REFERENCES token,
    CHECK ((referral_id IS NOT NULL) = (payer = 'landlord')),
    CHECK (payer <> 'landlord' OR evidence IS NOT NULL)
);
CREATE TRIGGER payer_authority_immutable BEFORE UPDATE OR DELETE ON payer_authority
    FOR EACH ROW EXECUTE FUNCTION refuse('payer_authority_immutable');
CREATE INDEX payer_authority_by_job ON payer_authority (job_id);
CREATE TRIGGER payer_authority_immutable_whole BEFORE TRUNCATE ON payer_authority
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('payer_authority_immutable');

CREATE TABLE payer_authority_person (
    authority_id uuid NOT NULL PRIMARY KEY REFERENCES payer_authority,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    salt bytea NOT NULL CHECK (octet_length(salt) = 32)
);

ALTER TABLE settlement ADD CONSTRAINT settlement_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES review_decision;
