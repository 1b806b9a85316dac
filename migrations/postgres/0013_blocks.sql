-- Blocked pairs: a firm or a technician that is not sent to a resident any more. An ended one stays.

CREATE TABLE blocked_pair (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id       uuid        REFERENCES firm,
    technician_id uuid        REFERENCES technician,
    reason        text        NOT NULL CHECK (reason IN ('resident_wish', 'contractor_wish', 'complaint', 'dispute', 'acquainted', 'other')),
    created_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK ((firm_id IS NULL) <> (technician_id IS NULL))
);

-- The resident, by telephone number: personal data, which retention may erase without touching the record.
CREATE TABLE blocked_pair_person (
    blocked_pair_id uuid NOT NULL PRIMARY KEY REFERENCES blocked_pair,
    phone           text NOT NULL CHECK (char_length(phone) BETWEEN 1 AND 32)
);
CREATE INDEX blocked_pair_person_by_phone ON blocked_pair_person (phone);
