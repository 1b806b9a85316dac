-- Blocked pairs: a firm or a technician that is not sent to a resident any more. An ended one stays.

CREATE TABLE blocked_pair (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version       INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id       BLOB    REFERENCES firm,
    technician_id BLOB    REFERENCES technician,
    reason        TEXT    NOT NULL CHECK (reason IN ('resident_wish', 'contractor_wish', 'complaint', 'dispute', 'acquainted', 'other')),
    created_at    TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    ended_at      TEXT    CHECK (ended_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(ended_at, 1, 19)) IS substr(ended_at, 1, 19) AND julianday(ended_at) IS NOT NULL AND length(ended_at) IN (25, 29, 32) AND ended_at GLOB '*+00:00' AND ended_at NOT GLOB '*000+00:00' AND ended_at NOT GLOB '*T24*'),
    CHECK ((firm_id IS NULL) <> (technician_id IS NULL))
) STRICT, WITHOUT ROWID;

-- The resident, by telephone number: personal data, which retention may erase without touching the record.
CREATE TABLE blocked_pair_person (
    blocked_pair_id BLOB NOT NULL PRIMARY KEY REFERENCES blocked_pair,
    phone           TEXT NOT NULL CHECK (length(phone) BETWEEN 1 AND 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocked_pair_person_by_phone ON blocked_pair_person (phone);
