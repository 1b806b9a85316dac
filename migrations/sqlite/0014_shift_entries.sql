-- Dated entries of rosters: on call, extra shifts, days off, and windows given to a colleague in a swap. A cancelled one
-- stays.

-- Both sides of a swap are of one firm.
CREATE TABLE shift_swap (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version    INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id    BLOB    NOT NULL,
    giver_id   BLOB    NOT NULL,
    taker_id   BLOB    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('shift', 'on_call')),
    starts_at  TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(starts_at, 1, 19)) IS substr(starts_at, 1, 19) AND julianday(starts_at) IS NOT NULL AND length(starts_at) IN (25, 29, 32) AND starts_at GLOB '*+00:00' AND starts_at NOT GLOB '*000+00:00' AND starts_at NOT GLOB '*T24*'),
    ends_at    TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(ends_at, 1, 19)) IS substr(ends_at, 1, 19) AND julianday(ends_at) IS NOT NULL AND length(ends_at) IN (25, 29, 32) AND ends_at GLOB '*+00:00' AND ends_at NOT GLOB '*000+00:00' AND ends_at NOT GLOB '*T24*'),
    state      TEXT    NOT NULL CHECK (state IN ('planned', 'undone')),
    created_at TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    undone_at  TEXT    CHECK (undone_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(undone_at, 1, 19)) IS substr(undone_at, 1, 19) AND julianday(undone_at) IS NOT NULL AND length(undone_at) IN (25, 29, 32) AND undone_at GLOB '*+00:00' AND undone_at NOT GLOB '*000+00:00' AND undone_at NOT GLOB '*T24*'),
    FOREIGN KEY (giver_id, firm_id) REFERENCES technician (id, firm_id),
    FOREIGN KEY (taker_id, firm_id) REFERENCES technician (id, firm_id),
    CHECK (giver_id <> taker_id),
    CHECK (starts_at < ends_at),
    CHECK ((state = 'undone') = (undone_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX shift_swap_by_giver ON shift_swap (giver_id, starts_at);

CREATE TABLE shift_entry (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version       INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    technician_id BLOB    NOT NULL REFERENCES technician,
    kind          TEXT    NOT NULL CHECK (kind IN ('on_call', 'extra_shift', 'day_off', 'given_away')),
    starts_at     TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(starts_at, 1, 19)) IS substr(starts_at, 1, 19) AND julianday(starts_at) IS NOT NULL AND length(starts_at) IN (25, 29, 32) AND starts_at GLOB '*+00:00' AND starts_at NOT GLOB '*000+00:00' AND starts_at NOT GLOB '*T24*'),
    ends_at       TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(ends_at, 1, 19)) IS substr(ends_at, 1, 19) AND julianday(ends_at) IS NOT NULL AND length(ends_at) IN (25, 29, 32) AND ends_at GLOB '*+00:00' AND ends_at NOT GLOB '*000+00:00' AND ends_at NOT GLOB '*T24*'),
    state         TEXT    NOT NULL CHECK (state IN ('planned', 'cancelled')),
    swap_id       BLOB    REFERENCES shift_swap,
    created_at    TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    CHECK (starts_at < ends_at),
    -- A window is given away in a swap only, and nobody gets a day off in one.
    CHECK (kind <> 'given_away' OR swap_id IS NOT NULL),
    CHECK (kind <> 'day_off' OR swap_id IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX shift_entry_by_technician ON shift_entry (technician_id, starts_at);
CREATE INDEX shift_entry_by_start ON shift_entry (starts_at);
CREATE INDEX shift_entry_by_swap ON shift_entry (swap_id);
CREATE INDEX shift_entry_of_swaps ON shift_entry (ends_at) WHERE swap_id IS NOT NULL AND state = 'planned';
-- Half-open: touching ones are fine.
CREATE TRIGGER shift_entry_no_overlap BEFORE INSERT ON shift_entry BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: shift_entry_pkey')
    WHERE EXISTS (SELECT 1 FROM shift_entry WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: shift_entry_no_overlap')
    WHERE NEW.state = 'planned' AND EXISTS (
        SELECT 1 FROM shift_entry
        WHERE technician_id = NEW.technician_id AND kind = NEW.kind AND state = 'planned'
          AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at);
END;
CREATE TRIGGER shift_entry_no_overlap_update BEFORE UPDATE ON shift_entry BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: shift_entry_pkey')
    WHERE EXISTS (SELECT 1 FROM shift_entry WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: shift_entry_no_overlap')
    WHERE NEW.state = 'planned' AND EXISTS (
        SELECT 1 FROM shift_entry
        WHERE technician_id = NEW.technician_id AND kind = NEW.kind AND state = 'planned'
          AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at AND id <> OLD.id);
END;
