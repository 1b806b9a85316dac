-- Money. Whole yen, tax included. Nothing here is ever edited: a correction is a reversal plus new lines.

-- One pricing of a job's record; record_hash says of which record, basis why it costs what it does (C-25, R-06, Y-13),
-- decision_id which decision of a supervisor is in force.
CREATE TABLE settlement (
    id          uuid        NOT NULL PRIMARY KEY,
    job_id      uuid        NOT NULL REFERENCES job,
    number      bigint      NOT NULL CHECK (number >= 1),
    record_hash bytea       NOT NULL CHECK (octet_length(record_hash) = 32),
    basis       text        NOT NULL CHECK (basis IN ('completed', 'cancelled', 'no_access', 'stopped', 'written_off', 'rescinded')),
    decision_id uuid,
    settled_at  timestamptz NOT NULL,
    UNIQUE (job_id, number)
);
CREATE TRIGGER settlement_immutable BEFORE UPDATE OR DELETE ON settlement
    FOR EACH ROW EXECUTE FUNCTION refuse('settlement_immutable');
CREATE TRIGGER settlement_immutable_whole BEFORE TRUNCATE ON settlement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('settlement_immutable');

-- One priced fact of a job. A line is reversed at most once; only reversals may be negative; what is written off
-- costs nothing. collected_yen is what was paid of it before its job was first settled. quantity is a decimal in text: SQLite has no exact fractions.
CREATE TABLE ledger_line (
    id               uuid   NOT NULL PRIMARY KEY,
    settlement_id    uuid   NOT NULL REFERENCES settlement,
    job_id           uuid   NOT NULL REFERENCES job,
    firm_id          uuid   NOT NULL REFERENCES firm,
    line             bigint NOT NULL CHECK (line >= 1),
    kind             text   NOT NULL CHECK (kind IN ('overtime', 'part', 'special_work', 'write_off', 'reversal')),
    code             text   CHECK (char_length(code) BETWEEN 1 AND 64),
    quantity         text   NOT NULL CHECK (quantity ~ '^-?[0-9]+(\.[0-9]+)?$' AND char_length(quantity) <= 32),
    unit_price_yen   bigint NOT NULL,
    amount_yen       bigint NOT NULL,
    tax_included_yen bigint NOT NULL,
    collected_yen    bigint NOT NULL,
    payer            text   NOT NULL CHECK (payer IN ('worker', 'host_company', 'landlord', 'programme')),
    rule             text   NOT NULL CHECK (char_length(rule) BETWEEN 1 AND 128),
    consent_fact_id  uuid   REFERENCES fact,
    reverses         uuid   UNIQUE REFERENCES ledger_line,
    proof            text   NOT NULL CHECK (json_kind(proof) <> '' AND char_length(proof) <= 65536),
    text_ja          text   NOT NULL CHECK (char_length(text_ja) BETWEEN 1 AND 2000),
    text_en          text   NOT NULL CHECK (char_length(text_en) BETWEEN 1 AND 2000),
    UNIQUE (settlement_id, line),
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    CHECK (kind <> 'write_off' OR (amount_yen = 0 AND tax_included_yen = 0)),
    CHECK (kind = 'reversal' OR amount_yen >= 0),
    CHECK (kind <> 'reversal' OR amount_yen <= 0),
    CHECK (kind = 'reversal' OR collected_yen BETWEEN 0 AND amount_yen),
    CHECK (kind <> 'reversal' OR collected_yen BETWEEN amount_yen AND 0)
);
CREATE INDEX ledger_line_by_job ON ledger_line (job_id);
CREATE INDEX ledger_line_by_firm ON ledger_line (firm_id);
CREATE TRIGGER ledger_line_immutable BEFORE UPDATE OR DELETE ON ledger_line
    FOR EACH ROW EXECUTE FUNCTION refuse('ledger_line_immutable');
CREATE TRIGGER ledger_line_immutable_whole BEFORE TRUNCATE ON ledger_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('ledger_line_immutable');
