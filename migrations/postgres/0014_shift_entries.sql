-- Dated entries of rosters: on call, extra shifts, days off, and windows given to a colleague in a swap. A cancelled one
-- stays.

-- Both sides of a swap are of one firm.
CREATE TABLE shift_swap (
    id         uuid        NOT NULL PRIMARY KEY,
    version    bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id    uuid        NOT NULL,
    giver_id   uuid        NOT NULL,
    taker_id   uuid        NOT NULL,
    kind       text        NOT NULL CHECK (kind IN ('shift', 'on_call')),
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('planned', 'undone')),
    created_at timestamptz NOT NULL,
    undone_at  timestamptz,
    FOREIGN KEY (giver_id, firm_id) REFERENCES technician (id, firm_id),
    FOREIGN KEY (taker_id, firm_id) REFERENCES technician (id, firm_id),
    CHECK (giver_id <> taker_id),
    CHECK (starts_at < ends_at),
    CHECK ((state = 'undone') = (undone_at IS NOT NULL))
);
CREATE INDEX shift_swap_by_giver ON shift_swap (giver_id, starts_at);

CREATE TABLE shift_entry (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    technician_id uuid        NOT NULL REFERENCES technician,
    kind          text        NOT NULL CHECK (kind IN ('on_call', 'extra_shift', 'day_off', 'given_away')),
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    state         text        NOT NULL CHECK (state IN ('planned', 'cancelled')),
    swap_id       uuid        REFERENCES shift_swap,
    created_at    timestamptz NOT NULL,
    CHECK (starts_at < ends_at),
    -- A window is given away in a swap only, and nobody gets a day off in one.
    CHECK (kind <> 'given_away' OR swap_id IS NOT NULL),
    CHECK (kind <> 'day_off' OR swap_id IS NULL),
    -- Half-open: touching ones are fine.
    CONSTRAINT shift_entry_no_overlap
        EXCLUDE USING gist (technician_id WITH =, kind WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
        WHERE (state = 'planned')
);
CREATE INDEX shift_entry_by_technician ON shift_entry (technician_id, starts_at);
CREATE INDEX shift_entry_by_start ON shift_entry (starts_at);
CREATE INDEX shift_entry_by_swap ON shift_entry (swap_id);
CREATE INDEX shift_entry_of_swaps ON shift_entry (ends_at) WHERE swap_id IS NOT NULL AND state = 'planned';
