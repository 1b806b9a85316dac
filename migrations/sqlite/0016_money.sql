-- What a supervisor decides about money, what was paid, what is disputed. Decisions, payments, disputes and their
-- resolutions are never edited: a later row supersedes. What a person wrote sits in side tables that retention may erase.

-- A completed job whose record is doubtful, until somebody has decided or the doubt is gone.
CREATE TABLE review (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    job_id BLOB NOT NULL REFERENCES job,
    number INTEGER NOT NULL CHECK (number >= 1),
    state TEXT NOT NULL CHECK (state IN ('open', 'decided', 'gone')),
    flags TEXT NOT NULL CHECK (json_valid(flags) AND length(flags) <= 1048576),
    opened_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(opened_at, 1, 19)) IS substr(opened_at, 1, 19) AND julianday(opened_at) IS NOT NULL AND length(opened_at) IN (25, 29, 32) AND opened_at GLOB '*+00:00' AND opened_at NOT GLOB '*000+00:00' AND opened_at NOT GLOB '*T24*'),
    closed_at TEXT CHECK (closed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(closed_at, 1, 19)) IS substr(closed_at, 1, 19) AND julianday(closed_at) IS NOT NULL AND length(closed_at) IN (25, 29, 32) AND closed_at GLOB '*+00:00' AND closed_at NOT GLOB '*000+00:00' AND closed_at NOT GLOB '*T24*'),
    UNIQUE (job_id, number),
    CHECK ((closed_at IS NOT NULL) = (state <> 'open'))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX review_open ON review (job_id) WHERE state = 'open';
CREATE INDEX review_by_state ON review (state, id);
CREATE TRIGGER review_closed BEFORE UPDATE ON review WHEN OLD.state <> 'open' BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: review_closed');
END;
CREATE TRIGGER review_never_deleted BEFORE DELETE ON review BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: review_never_deleted');
END;
CREATE TRIGGER review_not_replaced BEFORE INSERT ON review BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: review_pkey') WHERE EXISTS (SELECT 1 FROM review WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: review_job_id_number_key')
    WHERE EXISTS (SELECT 1 FROM review WHERE job_id = NEW.job_id AND number = NEW.number);
    SELECT RAISE(ABORT, 'kaketsuke: review_open')
    WHERE NEW.state = 'open' AND EXISTS (SELECT 1 FROM review WHERE job_id = NEW.job_id AND state = 'open');
END;

-- Somebody who is to pay does not agree.
CREATE TABLE dispute (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES job,
    number INTEGER NOT NULL CHECK (number >= 1),
    reason TEXT NOT NULL CHECK (reason IN ('wrong_amount', 'not_done', 'not_agreed', 'poor_work', 'damage', 'wrong_payer', 'paid_already', 'cooling_off', 'other')),
    payer TEXT NOT NULL CHECK (payer IN ('worker', 'host_company', 'landlord', 'programme')),
    opened_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(opened_at, 1, 19)) IS substr(opened_at, 1, 19) AND julianday(opened_at) IS NOT NULL AND length(opened_at) IN (25, 29, 32) AND opened_at GLOB '*+00:00' AND opened_at NOT GLOB '*000+00:00' AND opened_at NOT GLOB '*T24*'),
    opened_by BLOB REFERENCES token,
    -- Of the words beside it.
    note_hash BLOB CHECK (length(note_hash) = 32),
    UNIQUE (job_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER dispute_immutable BEFORE UPDATE ON dispute BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: dispute_immutable');
END;
CREATE TRIGGER dispute_immutable_delete BEFORE DELETE ON dispute BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: dispute_immutable');
END;
CREATE TRIGGER dispute_not_replaced BEFORE INSERT ON dispute BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: dispute_pkey') WHERE EXISTS (SELECT 1 FROM dispute WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: dispute_job_id_number_key') WHERE EXISTS (SELECT 1 FROM dispute WHERE job_id = NEW.job_id AND number = NEW.number);
END;

CREATE TABLE dispute_note (
    dispute_id BLOB NOT NULL PRIMARY KEY REFERENCES dispute,
    note TEXT NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT, WITHOUT ROWID;

-- What a supervisor decided about a job's bill: of a review or of a dispute. The last one of a job is in force, whole.
CREATE TABLE review_decision (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES job,
    number INTEGER NOT NULL CHECK (number >= 1),
    review_id BLOB REFERENCES review,
    dispute_id BLOB REFERENCES dispute,
    ruling TEXT NOT NULL CHECK (ruling IN ('accept', 'correct', 'write_off', 'rescind')),
    reason TEXT NOT NULL CHECK (reason IN ('confirmed_by_phone', 'confirmed_by_evidence', 'device_clock', 'device_lost', 'report_forgotten', 'entered_twice', 'not_agreed', 'poor_work', 'goodwill', 'cooling_off', 'other')),
    data TEXT NOT NULL CHECK (json_valid(data) AND length(data) <= 1048576),
    decided_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(decided_at, 1, 19)) IS substr(decided_at, 1, 19) AND julianday(decided_at) IS NOT NULL AND length(decided_at) IN (25, 29, 32) AND decided_at GLOB '*+00:00' AND decided_at NOT GLOB '*000+00:00' AND decided_at NOT GLOB '*T24*'),
    decided_by BLOB REFERENCES token,
    -- Of the words beside it.
    note_hash BLOB CHECK (length(note_hash) = 32),
    UNIQUE (job_id, number),
    CHECK ((review_id IS NULL) <> (dispute_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER review_decision_immutable BEFORE UPDATE ON review_decision BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: review_decision_immutable');
END;
CREATE TRIGGER review_decision_immutable_delete BEFORE DELETE ON review_decision BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: review_decision_immutable');
END;
CREATE TRIGGER review_decision_not_replaced BEFORE INSERT ON review_decision BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: review_decision_pkey') WHERE EXISTS (SELECT 1 FROM review_decision WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: review_decision_job_id_number_key') WHERE EXISTS (SELECT 1 FROM review_decision WHERE job_id = NEW.job_id AND number = NEW.number);
END;

CREATE TABLE review_note (
    decision_id BLOB NOT NULL PRIMARY KEY REFERENCES review_decision,
    note TEXT NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE dispute_resolution (
    dispute_id BLOB NOT NULL PRIMARY KEY REFERENCES dispute,
    outcome TEXT NOT NULL CHECK (outcome IN ('upheld', 'rejected', 'withdrawn')),
    decision_id BLOB REFERENCES review_decision,
    resolved_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(resolved_at, 1, 19)) IS substr(resolved_at, 1, 19) AND julianday(resolved_at) IS NOT NULL AND length(resolved_at) IN (25, 29, 32) AND resolved_at GLOB '*+00:00' AND resolved_at NOT GLOB '*000+00:00' AND resolved_at NOT GLOB '*T24*'),
    resolved_by BLOB REFERENCES token,
    CHECK ((outcome = 'upheld') = (decision_id IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER dispute_resolution_immutable BEFORE UPDATE ON dispute_resolution BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: dispute_resolution_immutable');
END;
CREATE TRIGGER dispute_resolution_immutable_delete BEFORE DELETE ON dispute_resolution BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: dispute_resolution_immutable');
END;
CREATE TRIGGER dispute_resolution_not_replaced BEFORE INSERT ON dispute_resolution BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: dispute_resolution_pkey') WHERE EXISTS (SELECT 1 FROM dispute_resolution WHERE dispute_id = NEW.dispute_id);
END;

-- Money that changed hands. settlement_id: the last settlement of the job when it was recorded; without one it is
-- counted in the lines of the first settlement.
CREATE TABLE payment (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES job,
    kind TEXT NOT NULL CHECK (kind IN ('cash_on_site', 'later', 'refund')),
    method TEXT NOT NULL CHECK (method IN ('cash', 'card', 'bank_transfer', 'convenience_store', 'qr_code', 'other')),
    payer TEXT NOT NULL CHECK (payer IN ('worker', 'host_company', 'landlord', 'programme')),
    amount_yen INTEGER NOT NULL CHECK (amount_yen BETWEEN 1 AND 1000000000),
    received_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(received_at, 1, 19)) IS substr(received_at, 1, 19) AND julianday(received_at) IS NOT NULL AND length(received_at) IN (25, 29, 32) AND received_at GLOB '*+00:00' AND received_at NOT GLOB '*000+00:00' AND received_at NOT GLOB '*T24*'),
    reference_hash BLOB CHECK (length(reference_hash) = 32),
    fact_id BLOB UNIQUE REFERENCES fact,
    settlement_id BLOB REFERENCES settlement,
    recorded_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(recorded_at, 1, 19)) IS substr(recorded_at, 1, 19) AND julianday(recorded_at) IS NOT NULL AND length(recorded_at) IN (25, 29, 32) AND recorded_at GLOB '*+00:00' AND recorded_at NOT GLOB '*000+00:00' AND recorded_at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token,
    CHECK (kind <> 'cash_on_site' OR method = 'cash')
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_by_job ON payment (job_id);
CREATE TRIGGER payment_immutable BEFORE UPDATE ON payment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: payment_immutable');
END;
CREATE TRIGGER payment_immutable_delete BEFORE DELETE ON payment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: payment_immutable');
END;
CREATE TRIGGER payment_not_replaced BEFORE INSERT ON payment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: payment_pkey') WHERE EXISTS (SELECT 1 FROM payment WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: payment_fact_id_key') WHERE EXISTS (SELECT 1 FROM payment WHERE fact_id = NEW.fact_id);
END;

-- Number of a receipt or transfer: desks write who has paid, so it goes with the people of the case. The payment holds its salted hash.
CREATE TABLE payment_reference (
    payment_id BLOB NOT NULL PRIMARY KEY REFERENCES payment,
    reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 64),
    salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT, WITHOUT ROWID;

-- The day in Tokyo on which the customer received the statutory document (Y-11). The last one of a job counts.
CREATE TABLE statutory_receipt (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES job,
    number INTEGER NOT NULL CHECK (number >= 1),
    received_on TEXT NOT NULL CHECK (received_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    recorded_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(recorded_at, 1, 19)) IS substr(recorded_at, 1, 19) AND julianday(recorded_at) IS NOT NULL AND length(recorded_at) IN (25, 29, 32) AND recorded_at GLOB '*+00:00' AND recorded_at NOT GLOB '*000+00:00' AND recorded_at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token,
    UNIQUE (job_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER statutory_receipt_immutable BEFORE UPDATE ON statutory_receipt BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: statutory_receipt_immutable');
END;
CREATE TRIGGER statutory_receipt_immutable_delete BEFORE DELETE ON statutory_receipt BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: statutory_receipt_immutable');
END;
CREATE TRIGGER statutory_receipt_not_replaced BEFORE INSERT ON statutory_receipt BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: statutory_receipt_pkey')
    WHERE EXISTS (SELECT 1 FROM statutory_receipt WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: statutory_receipt_job_id_number_key')
    WHERE EXISTS (SELECT 1 FROM statutory_receipt WHERE job_id = NEW.job_id AND number = NEW.number);
END;

-- Whoever may speak for a payer other than the resident has agreed: the host company's named person, or the landlord in
-- writing or on record, on a referral (G-06, C-23). Who that was stands beside it and goes with the people of the case; their salted hash stays.
CREATE TABLE payer_authority (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES job,
    payer TEXT NOT NULL CHECK (payer IN ('host_company', 'landlord')),
    referral_id BLOB REFERENCES referral,
    evidence TEXT CHECK (length(evidence) BETWEEN 1 AND 64),
    person_hash BLOB NOT NULL CHECK (length(person_hash) = 32),
    recorded_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(recorded_at, 1, 19)) IS substr(recorded_at, 1, 19) AND julianday(recorded_at) IS NOT NULL AND length(recorded_at) IN (25, 29, 32) AND recorded_at GLOB '*+00:00' AND recorded_at NOT GLOB '*000+00:00' AND recorded_at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token,
    CHECK ((referral_id IS NOT NULL) = (payer = 'landlord')),
    CHECK (payer <> 'landlord' OR evidence IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER payer_authority_immutable BEFORE UPDATE ON payer_authority BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: payer_authority_immutable');
END;
CREATE TRIGGER payer_authority_immutable_delete BEFORE DELETE ON payer_authority BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: payer_authority_immutable');
END;
CREATE TRIGGER payer_authority_not_replaced BEFORE INSERT ON payer_authority BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: payer_authority_pkey')
    WHERE EXISTS (SELECT 1 FROM payer_authority WHERE id = NEW.id);
END;
CREATE INDEX payer_authority_by_job ON payer_authority (job_id);

CREATE TABLE payer_authority_person (
    authority_id BLOB NOT NULL PRIMARY KEY REFERENCES payer_authority,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    salt BLOB NOT NULL CHECK (length(salt) = 32)
) STRICT, WITHOUT ROWID;
