-- Money. Whole yen, tax included. Nothing here is ever edited: a correction is a reversal plus new lines.

-- One pricing of a job's record; record_hash says of which record, basis why it costs what it does (C-25, R-06, Y-13),
-- decision_id which decision of a supervisor is in force.
CREATE TABLE settlement (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id      BLOB    NOT NULL REFERENCES job,
    number      INTEGER NOT NULL CHECK (number >= 1),
    record_hash BLOB    NOT NULL CHECK (length(record_hash) = 32),
    basis       TEXT    NOT NULL CHECK (basis IN ('completed', 'cancelled', 'no_access', 'stopped', 'written_off', 'rescinded')),
    decision_id BLOB    REFERENCES review_decision,
    settled_at  TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(settled_at, 1, 19)) IS substr(settled_at, 1, 19) AND julianday(settled_at) IS NOT NULL AND length(settled_at) IN (25, 29, 32) AND settled_at GLOB '*+00:00' AND settled_at NOT GLOB '*000+00:00' AND settled_at NOT GLOB '*T24*'),
    UNIQUE (job_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER settlement_immutable BEFORE UPDATE ON settlement BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: settlement_immutable');
END;
CREATE TRIGGER settlement_immutable_delete BEFORE DELETE ON settlement BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: settlement_immutable');
END;
CREATE TRIGGER settlement_not_replaced BEFORE INSERT ON settlement BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: settlement_pkey') WHERE EXISTS (SELECT 1 FROM settlement WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: settlement_job_id_number_key')
    WHERE EXISTS (SELECT 1 FROM settlement WHERE job_id = NEW.job_id AND number = NEW.number);
END;

-- One priced fact of a job. A line is reversed at most once; only reversals may be negative; what is written off
-- costs nothing. collected_yen is what was paid of it before its job was first settled. quantity is a decimal in text: SQLite has no exact fractions.
CREATE TABLE ledger_line (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    settlement_id    BLOB    NOT NULL REFERENCES settlement,
    job_id           BLOB    NOT NULL REFERENCES job,
    firm_id          BLOB    NOT NULL REFERENCES firm,
    line             INTEGER NOT NULL CHECK (line >= 1),
    kind             TEXT    NOT NULL CHECK (kind IN ('overtime', 'part', 'special_work', 'write_off', 'reversal')),
    code             TEXT    CHECK (length(code) BETWEEN 1 AND 64),
    quantity         TEXT    NOT NULL CHECK (length(quantity) <= 32 AND quantity GLOB '[0-9-]*' AND quantity GLOB '*[0-9]'
                             AND quantity NOT GLOB '*[^0-9.-]*' AND quantity NOT GLOB '?*-*'
                             AND quantity NOT GLOB '-.*' AND quantity NOT GLOB '*.*.*'),
    unit_price_yen   INTEGER NOT NULL,
    amount_yen       INTEGER NOT NULL,
    tax_included_yen INTEGER NOT NULL,
    collected_yen    INTEGER NOT NULL,
    payer            TEXT    NOT NULL CHECK (payer IN ('worker', 'host_company', 'landlord', 'programme')),
    rule             TEXT    NOT NULL CHECK (length(rule) BETWEEN 1 AND 128),
    consent_fact_id  BLOB    REFERENCES fact,
    reverses         BLOB    UNIQUE REFERENCES ledger_line,
    proof            TEXT    NOT NULL CHECK (json_valid(proof) AND length(proof) <= 65536),
    text_ja          TEXT    NOT NULL CHECK (length(text_ja) BETWEEN 1 AND 2000),
    text_en          TEXT    NOT NULL CHECK (length(text_en) BETWEEN 1 AND 2000),
    UNIQUE (settlement_id, line),
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    CHECK (kind <> 'write_off' OR (amount_yen = 0 AND tax_included_yen = 0)),
    CHECK (kind = 'reversal' OR amount_yen >= 0),
    CHECK (kind <> 'reversal' OR amount_yen <= 0),
    CHECK (kind = 'reversal' OR collected_yen BETWEEN 0 AND amount_yen),
    CHECK (kind <> 'reversal' OR collected_yen BETWEEN amount_yen AND 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_line_by_job ON ledger_line (job_id);
CREATE INDEX ledger_line_by_firm ON ledger_line (firm_id);
CREATE TRIGGER ledger_line_immutable BEFORE UPDATE ON ledger_line BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: ledger_line_immutable');
END;
CREATE TRIGGER ledger_line_immutable_delete BEFORE DELETE ON ledger_line BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: ledger_line_immutable');
END;
CREATE TRIGGER ledger_line_not_replaced BEFORE INSERT ON ledger_line BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: ledger_line_pkey') WHERE EXISTS (SELECT 1 FROM ledger_line WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: ledger_line_settlement_id_line_key')
    WHERE EXISTS (SELECT 1 FROM ledger_line WHERE settlement_id = NEW.settlement_id AND line = NEW.line);
    SELECT RAISE(ABORT, 'kaketsuke: ledger_line_reverses_key')
    WHERE EXISTS (SELECT 1 FROM ledger_line WHERE reverses = NEW.reverses);
END;
