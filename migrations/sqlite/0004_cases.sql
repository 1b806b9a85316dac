-- Calls and the cases they open. What names or locates a person sits in side tables that retention may erase.

-- Named sequences of human-readable numbers.
CREATE TABLE counter (
    name  TEXT    NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_file (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version        INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    number         TEXT    NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 32),
    programme      TEXT    NOT NULL CHECK (length(programme) BETWEEN 1 AND 64),
    language       TEXT    NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    reading_language TEXT CHECK (length(reading_language) BETWEEN 2 AND 35),
    eligibility    TEXT NOT NULL CHECK (eligibility IN ('eligible', 'unverified', 'not_eligible')),
    -- How that was found out (E-05).
    eligibility_basis TEXT CHECK (eligibility_basis IN ('registry_import', 'host_company_and_name', 'host_call_back',
                                                        'worker_statement')),
    -- Who rents the flat (R-04).
    lessee_kind    TEXT NOT NULL DEFAULT 'unknown'
                   CHECK (lessee_kind IN ('worker', 'host_company', 'host_owned', 'unknown')),
    -- Whether the worker was spoken with, where somebody else has called (K-05).
    spoken_with_worker TEXT CHECK (spoken_with_worker IN ('yes', 'not_reachable')),
    -- What a consultation is about (S-12).
    topic          TEXT CHECK (length(topic) BETWEEN 1 AND 64),
    liability_flag TEXT    NOT NULL CHECK (liability_flag IN ('yes', 'no', 'unknown')),
    state          TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at      TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(opened_at, 1, 19)) IS substr(opened_at, 1, 19) AND julianday(opened_at) IS NOT NULL AND length(opened_at) IN (25, 29, 32) AND opened_at GLOB '*+00:00' AND opened_at NOT GLOB '*000+00:00' AND opened_at NOT GLOB '*T24*'),
    closed_at      TEXT    CHECK (closed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(closed_at, 1, 19)) IS substr(closed_at, 1, 19) AND julianday(closed_at) IS NOT NULL AND length(closed_at) IN (25, 29, 32) AND closed_at GLOB '*+00:00' AND closed_at NOT GLOB '*000+00:00' AND closed_at NOT GLOB '*T24*'),
    -- When it was opened again, the last time.
    reopened_at    TEXT    CHECK (reopened_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(reopened_at, 1, 19)) IS substr(reopened_at, 1, 19) AND julianday(reopened_at) IS NOT NULL AND length(reopened_at) IN (25, 29, 32) AND reopened_at GLOB '*+00:00' AND reopened_at NOT GLOB '*000+00:00' AND reopened_at NOT GLOB '*T24*'),
    CHECK ((closed_at IS NOT NULL) = (state = 'closed')),
    CHECK (eligibility <> 'eligible' OR eligibility_basis IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_file_by_state ON case_file (state, id);

CREATE TABLE case_category (
    case_id  BLOB NOT NULL REFERENCES case_file,
    category TEXT NOT NULL CHECK (category IN ('water', 'lock', 'liability', 'consultation')),
    PRIMARY KEY (case_id, category)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_person (
    case_id BLOB NOT NULL PRIMARY KEY REFERENCES case_file,
    name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- For reading aloud (N-03).
    name_kana TEXT CHECK (length(name_kana) BETWEEN 1 AND 200),
    -- Nothing where nobody has told one yet.
    phone   TEXT CHECK (length(phone) BETWEEN 1 AND 32),
    host_company TEXT CHECK (length(host_company) BETWEEN 1 AND 200),
    language_wish TEXT CHECK (length(language_wish) BETWEEN 1 AND 200)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_person_by_phone ON case_person (phone);

CREATE TABLE case_place (
    case_id      BLOB    NOT NULL PRIMARY KEY REFERENCES case_file,
    postal_code  TEXT    NOT NULL CHECK (postal_code GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    jis_code     TEXT    NOT NULL CHECK (jis_code GLOB '[0-9][0-9][0-9][0-9][0-9]'),
    town         TEXT    NOT NULL CHECK (length(town) <= 200),
    address      TEXT    NOT NULL CHECK (length(address) <= 500),
    building     TEXT    CHECK (length(building) BETWEEN 1 AND 200),
    room         TEXT    CHECK (length(room) BETWEEN 1 AND 50),
    access_notes TEXT    CHECK (length(access_notes) BETWEEN 1 AND 2000),
    lat_e6       INTEGER NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6       INTEGER NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    precision    TEXT    NOT NULL CHECK (precision IN ('pin', 'town', 'municipality'))
) STRICT, WITHOUT ROWID;

-- For duplicates near a place.
CREATE INDEX case_place_by_point ON case_place (lat_e6, lon_e6);

CREATE TABLE call (
    id          BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version     INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id     BLOB REFERENCES case_file,
    channel     TEXT NOT NULL CHECK (channel IN ('phone', 'chat')),
    language    TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    reading_language TEXT CHECK (length(reading_language) BETWEEN 2 AND 35),
    caller_role TEXT NOT NULL CHECK (caller_role IN ('worker', 'host_company', 'flatmate', 'landlord', 'other')),
    state       TEXT NOT NULL CHECK (state IN ('offered', 'answered', 'ended', 'wrapped', 'abandoned')),
    offered_at  TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(offered_at, 1, 19)) IS substr(offered_at, 1, 19) AND julianday(offered_at) IS NOT NULL AND length(offered_at) IN (25, 29, 32) AND offered_at GLOB '*+00:00' AND offered_at NOT GLOB '*000+00:00' AND offered_at NOT GLOB '*T24*'),
    answered_at TEXT CHECK (answered_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(answered_at, 1, 19)) IS substr(answered_at, 1, 19) AND julianday(answered_at) IS NOT NULL AND length(answered_at) IN (25, 29, 32) AND answered_at GLOB '*+00:00' AND answered_at NOT GLOB '*000+00:00' AND answered_at NOT GLOB '*T24*'),
    ended_at    TEXT CHECK (ended_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(ended_at, 1, 19)) IS substr(ended_at, 1, 19) AND julianday(ended_at) IS NOT NULL AND length(ended_at) IN (25, 29, 32) AND ended_at GLOB '*+00:00' AND ended_at NOT GLOB '*000+00:00' AND ended_at NOT GLOB '*T24*'),
    wrapped_at  TEXT CHECK (wrapped_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(wrapped_at, 1, 19)) IS substr(wrapped_at, 1, 19) AND julianday(wrapped_at) IS NOT NULL AND length(wrapped_at) IN (25, 29, 32) AND wrapped_at GLOB '*+00:00' AND wrapped_at NOT GLOB '*000+00:00' AND wrapped_at NOT GLOB '*T24*'),
    answered_by BLOB REFERENCES token,
    -- Whether somebody has to call back whom nobody has answered, or what came of it.
    call_back   TEXT CHECK (call_back IN ('due', 'reached', 'called_again', 'given_up')),
    -- Why it was attached to a case that was there before it.
    purpose     TEXT CHECK (purpose IN ('where_is_he', 'more_information', 'goes_on', 'complaint', 'other')),
    CHECK ((answered_at IS NOT NULL) = (state IN ('answered', 'ended', 'wrapped'))),
    CHECK ((ended_at IS NOT NULL) = (state IN ('ended', 'wrapped', 'abandoned'))),
    CHECK ((wrapped_at IS NOT NULL) = (state = 'wrapped')),
    -- The clocks of a call only go forward.
    CHECK (answered_at IS NULL OR answered_at >= offered_at),
    CHECK (ended_at IS NULL OR ended_at >= COALESCE(answered_at, offered_at)),
    CHECK (wrapped_at IS NULL OR wrapped_at >= ended_at),
    CHECK ((call_back IS NOT NULL) = (state = 'abandoned')),
    CHECK (purpose IS NULL OR case_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_by_case ON call (case_id);
CREATE INDEX call_by_state ON call (state, offered_at);
CREATE INDEX call_by_state_and_id ON call (state, id);
CREATE INDEX call_by_call_back ON call (call_back, id) WHERE call_back IS NOT NULL;

CREATE TABLE call_person (
    call_id BLOB NOT NULL PRIMARY KEY REFERENCES call,
    phone   TEXT CHECK (length(phone) BETWEEN 1 AND 32),
    -- Why there is none to call back.
    no_number TEXT CHECK (no_number IN ('withheld', 'public', 'none')),
    name    TEXT CHECK (length(name) BETWEEN 1 AND 200),
    -- The language as the caller names it (N-01).
    language_wish TEXT CHECK (length(language_wish) BETWEEN 1 AND 200),
    CHECK ((phone IS NULL) = (no_number IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX call_person_by_phone ON call_person (phone);

-- What was typed before there is a case; gone once there is one. A call has one at most.
CREATE TABLE call_draft (
    call_id  BLOB NOT NULL PRIMARY KEY REFERENCES call,
    version  INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    body     TEXT NOT NULL CHECK (json_valid(body) AND length(body) <= 65536),
    saved_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(saved_at, 1, 19)) IS substr(saved_at, 1, 19) AND julianday(saved_at) IS NOT NULL AND length(saved_at) IN (25, 29, 32) AND saved_at GLOB '*+00:00' AND saved_at NOT GLOB '*000+00:00' AND saved_at NOT GLOB '*T24*'),
    saved_by BLOB REFERENCES token
) STRICT, WITHOUT ROWID;

-- Attempts to reach somebody whom nobody had answered.
CREATE TABLE call_back (
    call_id BLOB NOT NULL REFERENCES call,
    number  INTEGER NOT NULL CHECK (number BETWEEN 1 AND 3),
    outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'wrong_number')),
    at      TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token,
    PRIMARY KEY (call_id, number)
) STRICT, WITHOUT ROWID;

-- Danger first (4.1): every answer ever given; the latest one counts.
CREATE TABLE hazard_answer (
    call_id     BLOB NOT NULL REFERENCES call,
    number      INTEGER NOT NULL CHECK (number >= 1),
    hazard      TEXT NOT NULL CHECK (length(hazard) BETWEEN 1 AND 64),
    answer      TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
    answered_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(answered_at, 1, 19)) IS substr(answered_at, 1, 19) AND julianday(answered_at) IS NOT NULL AND length(answered_at) IN (25, 29, 32) AND answered_at GLOB '*+00:00' AND answered_at NOT GLOB '*000+00:00' AND answered_at NOT GLOB '*T24*'),
    answered_by BLOB REFERENCES token,
    PRIMARY KEY (call_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER hazard_answer_immutable BEFORE UPDATE ON hazard_answer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: hazard_answer_immutable');
END;
CREATE TRIGGER hazard_answer_immutable_delete BEFORE DELETE ON hazard_answer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: hazard_answer_immutable');
END;
CREATE TRIGGER hazard_answer_not_replaced BEFORE INSERT ON hazard_answer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: hazard_answer_pkey')
    WHERE EXISTS (SELECT 1 FROM hazard_answer WHERE call_id = NEW.call_id AND number = NEW.number);
END;

-- The instruction for an answer that was yes, given to the caller.
CREATE TABLE hazard_instruction (
    call_id  BLOB NOT NULL,
    number   INTEGER NOT NULL,
    given_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(given_at, 1, 19)) IS substr(given_at, 1, 19) AND julianday(given_at) IS NOT NULL AND length(given_at) IN (25, 29, 32) AND given_at GLOB '*+00:00' AND given_at NOT GLOB '*000+00:00' AND given_at NOT GLOB '*T24*'),
    given_by BLOB REFERENCES token,
    PRIMARY KEY (call_id, number),
    FOREIGN KEY (call_id, number) REFERENCES hazard_answer (call_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER hazard_instruction_immutable BEFORE UPDATE ON hazard_instruction BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: hazard_instruction_immutable');
END;
CREATE TRIGGER hazard_instruction_immutable_delete BEFORE DELETE ON hazard_instruction BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: hazard_instruction_immutable');
END;
CREATE TRIGGER hazard_instruction_not_replaced BEFORE INSERT ON hazard_instruction BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: hazard_instruction_pkey')
    WHERE EXISTS (SELECT 1 FROM hazard_instruction WHERE call_id = NEW.call_id AND number = NEW.number);
END;

-- Callers handed over to 119, 110 or the gas company.
CREATE TABLE emergency_handover (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    call_id      BLOB NOT NULL REFERENCES call,
    service      TEXT NOT NULL CHECK (service IN ('fire_ambulance', 'police', 'gas')),
    begun_at     TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(begun_at, 1, 19)) IS substr(begun_at, 1, 19) AND julianday(begun_at) IS NOT NULL AND length(begun_at) IN (25, 29, 32) AND begun_at GLOB '*+00:00' AND begun_at NOT GLOB '*000+00:00' AND begun_at NOT GLOB '*T24*'),
    begun_by     BLOB REFERENCES token,
    connected_at TEXT CHECK (connected_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(connected_at, 1, 19)) IS substr(connected_at, 1, 19) AND julianday(connected_at) IS NOT NULL AND length(connected_at) IN (25, 29, 32) AND connected_at GLOB '*+00:00' AND connected_at NOT GLOB '*000+00:00' AND connected_at NOT GLOB '*T24*'),
    ended_at     TEXT CHECK (ended_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(ended_at, 1, 19)) IS substr(ended_at, 1, 19) AND julianday(ended_at) IS NOT NULL AND length(ended_at) IN (25, 29, 32) AND ended_at GLOB '*+00:00' AND ended_at NOT GLOB '*000+00:00' AND ended_at NOT GLOB '*T24*'),
    outcome      TEXT CHECK (outcome IN ('calls_themselves', 'told_otherwise', 'not_needed', 'caller_lost')),
    CHECK ((outcome IS NOT NULL) = (ended_at IS NOT NULL AND connected_at IS NULL)),
    CHECK (connected_at IS NULL OR connected_at >= begun_at),
    CHECK (ended_at IS NULL OR ended_at >= COALESCE(connected_at, begun_at))
) STRICT, WITHOUT ROWID;
CREATE INDEX emergency_handover_by_call ON emergency_handover (call_id);
CREATE INDEX emergency_handover_under_way ON emergency_handover (call_id) WHERE connected_at IS NULL AND ended_at IS NULL;

-- The dangers of a case, each from when it was known until somebody has cleared it.
CREATE TABLE case_hazard (
    case_id    BLOB NOT NULL REFERENCES case_file,
    number     INTEGER NOT NULL CHECK (number >= 1),
    hazard     TEXT NOT NULL CHECK (length(hazard) BETWEEN 1 AND 64),
    call_id    BLOB NOT NULL REFERENCES call,
    raised_at  TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(raised_at, 1, 19)) IS substr(raised_at, 1, 19) AND julianday(raised_at) IS NOT NULL AND length(raised_at) IN (25, 29, 32) AND raised_at GLOB '*+00:00' AND raised_at NOT GLOB '*000+00:00' AND raised_at NOT GLOB '*T24*'),
    cleared_at TEXT CHECK (cleared_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(cleared_at, 1, 19)) IS substr(cleared_at, 1, 19) AND julianday(cleared_at) IS NOT NULL AND length(cleared_at) IN (25, 29, 32) AND cleared_at GLOB '*+00:00' AND cleared_at NOT GLOB '*000+00:00' AND cleared_at NOT GLOB '*T24*'),
    cleared_by TEXT CHECK (cleared_by IN ('fire_brigade', 'police', 'gas_company', 'caller', 'supervisor')),
    note_code  TEXT CHECK (length(note_code) BETWEEN 1 AND 64),
    recorded_by BLOB REFERENCES token,
    PRIMARY KEY (case_id, number),
    CHECK ((cleared_at IS NULL) = (cleared_by IS NULL)),
    CHECK ((cleared_at IS NULL) = (note_code IS NULL)),
    CHECK (cleared_at IS NULL OR cleared_at >= raised_at)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX case_hazard_one_uncleared ON case_hazard (case_id, hazard) WHERE cleared_at IS NULL;

-- The shift handed over: what was open then, and who took it.
CREATE TABLE hand_over (
    id          BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    given_at    TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(given_at, 1, 19)) IS substr(given_at, 1, 19) AND julianday(given_at) IS NOT NULL AND length(given_at) IN (25, 29, 32) AND given_at GLOB '*+00:00' AND given_at NOT GLOB '*000+00:00' AND given_at NOT GLOB '*T24*'),
    given_by    BLOB NOT NULL REFERENCES token,
    snapshot    TEXT NOT NULL CHECK (json_valid(snapshot) AND length(snapshot) <= 1048576),
    accepted_at TEXT CHECK (accepted_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(accepted_at, 1, 19)) IS substr(accepted_at, 1, 19) AND julianday(accepted_at) IS NOT NULL AND length(accepted_at) IN (25, 29, 32) AND accepted_at GLOB '*+00:00' AND accepted_at NOT GLOB '*000+00:00' AND accepted_at NOT GLOB '*T24*'),
    accepted_by BLOB REFERENCES token,
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK (accepted_by <> given_by),
    CHECK (accepted_at IS NULL OR accepted_at >= given_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_over_open ON hand_over (given_at) WHERE accepted_at IS NULL;

-- What the giver wrote to the taker; may name people.
CREATE TABLE hand_over_note (
    hand_over_id BLOB NOT NULL PRIMARY KEY REFERENCES hand_over,
    note         TEXT NOT NULL CHECK (length(note) BETWEEN 1 AND 2000)
) STRICT, WITHOUT ROWID;

-- Who answers for it where a rule asks first (G-14, S-06, 3.4). Never changed.
CREATE TABLE warrant (
    case_id     BLOB NOT NULL REFERENCES case_file,
    number      INTEGER NOT NULL CHECK (number >= 1),
    kind        TEXT NOT NULL CHECK (kind IN ('goodwill', 'landlord', 'no_referral')),
    reason      TEXT NOT NULL CHECK (reason IN ('danger', 'nobody_else', 'sponsor_agreed', 'host_company_agreed', 'in_writing',
                                                    'recorded', 'taken_on', 'known_already', 'not_theirs',
                                                    'nothing_left')),
    job_code    TEXT CHECK (length(job_code) BETWEEN 1 AND 64),
    at          TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token,
    PRIMARY KEY (case_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER warrant_immutable BEFORE UPDATE ON warrant BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: warrant_immutable');
END;
CREATE TRIGGER warrant_immutable_delete BEFORE DELETE ON warrant BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: warrant_immutable');
END;
CREATE TRIGGER warrant_not_replaced BEFORE INSERT ON warrant BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: warrant_pkey')
    WHERE EXISTS (SELECT 1 FROM warrant WHERE case_id = NEW.case_id AND number = NEW.number);
END;
