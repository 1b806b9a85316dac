-- Calls and the cases they open. What names or locates a person sits in side tables that retention may erase.

-- Named sequences of human-readable numbers.
CREATE TABLE counter (
    name  text   NOT NULL PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 64),
    value bigint NOT NULL CHECK (value >= 0)
);

CREATE TABLE case_file (
    id             uuid        NOT NULL PRIMARY KEY,
    version        bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    number         text        NOT NULL UNIQUE CHECK (char_length(number) BETWEEN 1 AND 32),
    programme      text        NOT NULL CHECK (char_length(programme) BETWEEN 1 AND 64),
    language       text        NOT NULL CHECK (char_length(language) BETWEEN 2 AND 35),
    reading_language text CHECK (char_length(reading_language) BETWEEN 2 AND 35),
    eligibility    text NOT NULL CHECK (eligibility IN ('eligible', 'unverified', 'not_eligible')),
    -- How that was found out (E-05).
    eligibility_basis text CHECK (eligibility_basis IN ('registry_import', 'host_company_and_name', 'host_call_back',
                                                        'worker_statement')),
    -- Who rents the flat (R-04).
    lessee_kind    text NOT NULL DEFAULT 'unknown'
                   CHECK (lessee_kind IN ('worker', 'host_company', 'host_owned', 'unknown')),
    -- Whether the worker was spoken with, where somebody else has called (K-05).
    spoken_with_worker text CHECK (spoken_with_worker IN ('yes', 'not_reachable')),
    -- What a consultation is about (S-12).
    topic          text CHECK (char_length(topic) BETWEEN 1 AND 64),
    liability_flag text        NOT NULL CHECK (liability_flag IN ('yes', 'no', 'unknown')),
    state          text        NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    -- When it was opened again, the last time.
    reopened_at    timestamptz,
    CHECK ((closed_at IS NOT NULL) = (state = 'closed')),
    CHECK (eligibility <> 'eligible' OR eligibility_basis IS NOT NULL)
);
CREATE INDEX case_file_by_state ON case_file (state, id);

CREATE TABLE case_category (
    case_id  uuid NOT NULL REFERENCES case_file,
    category text NOT NULL CHECK (category IN ('water', 'lock', 'liability', 'consultation')),
    PRIMARY KEY (case_id, category)
);

CREATE TABLE case_person (
    case_id uuid NOT NULL PRIMARY KEY REFERENCES case_file,
    name    text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    -- For reading aloud (N-03).
    name_kana text CHECK (char_length(name_kana) BETWEEN 1 AND 200),
    -- Nothing where nobody has told one yet.
    phone   text CHECK (char_length(phone) BETWEEN 1 AND 32),
    host_company text CHECK (char_length(host_company) BETWEEN 1 AND 200),
    language_wish text CHECK (char_length(language_wish) BETWEEN 1 AND 200)
);
CREATE INDEX case_person_by_phone ON case_person (phone);

CREATE TABLE case_place (
    case_id      uuid   NOT NULL PRIMARY KEY REFERENCES case_file,
    postal_code  text   NOT NULL CHECK (postal_code ~ '^[0-9]{7}$'),
    jis_code     text   NOT NULL CHECK (jis_code ~ '^[0-9]{5}$'),
    town         text   NOT NULL CHECK (char_length(town) <= 200),
    address      text   NOT NULL CHECK (char_length(address) <= 500),
    building     text   CHECK (char_length(building) BETWEEN 1 AND 200),
    room         text   CHECK (char_length(room) BETWEEN 1 AND 50),
    access_notes text   CHECK (char_length(access_notes) BETWEEN 1 AND 2000),
    lat_e6       bigint NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6       bigint NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    precision    text   NOT NULL CHECK (precision IN ('pin', 'town', 'municipality'))
);

-- For duplicates near a place.
CREATE INDEX case_place_by_point ON case_place (lat_e6, lon_e6);

CREATE TABLE call (
    id          uuid NOT NULL PRIMARY KEY,
    version     bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id     uuid REFERENCES case_file,
    channel     text NOT NULL CHECK (channel IN ('phone', 'chat')),
    language    text NOT NULL CHECK (char_length(language) BETWEEN 2 AND 35),
    reading_language text CHECK (char_length(reading_language) BETWEEN 2 AND 35),
    caller_role text NOT NULL CHECK (caller_role IN ('worker', 'host_company', 'flatmate', 'landlord', 'other')),
    state       text NOT NULL CHECK (state IN ('offered', 'answered', 'ended', 'wrapped', 'abandoned')),
    offered_at  timestamptz NOT NULL,
    answered_at timestamptz,
    ended_at    timestamptz,
    wrapped_at  timestamptz,
    answered_by uuid REFERENCES token,
    -- Whether somebody has to call back whom nobody has answered, or what came of it.
    call_back   text CHECK (call_back IN ('due', 'reached', 'called_again', 'given_up')),
    -- Why it was attached to a case that was there before it.
    purpose     text CHECK (purpose IN ('where_is_he', 'more_information', 'goes_on', 'complaint', 'other')),
    CHECK ((answered_at IS NOT NULL) = (state IN ('answered', 'ended', 'wrapped'))),
    CHECK ((ended_at IS NOT NULL) = (state IN ('ended', 'wrapped', 'abandoned'))),
    CHECK ((wrapped_at IS NOT NULL) = (state = 'wrapped')),
    -- The clocks of a call only go forward.
    CHECK (answered_at IS NULL OR answered_at >= offered_at),
    CHECK (ended_at IS NULL OR ended_at >= COALESCE(answered_at, offered_at)),
    CHECK (wrapped_at IS NULL OR wrapped_at >= ended_at),
    CHECK ((call_back IS NOT NULL) = (state = 'abandoned')),
    CHECK (purpose IS NULL OR case_id IS NOT NULL)
);
CREATE INDEX call_by_case ON call (case_id);
CREATE INDEX call_by_state ON call (state, offered_at);
CREATE INDEX call_by_state_and_id ON call (state, id);
CREATE INDEX call_by_call_back ON call (call_back, id) WHERE call_back IS NOT NULL;

CREATE TABLE call_person (
    call_id uuid NOT NULL PRIMARY KEY REFERENCES call,
    phone   text CHECK (char_length(phone) BETWEEN 1 AND 32),
    -- Why there is none to call back.
    no_number text CHECK (no_number IN ('withheld', 'public', 'none')),
    name    text CHECK (char_length(name) BETWEEN 1 AND 200),
    -- The language as the caller names it (N-01).
    language_wish text CHECK (char_length(language_wish) BETWEEN 1 AND 200),
    CHECK ((phone IS NULL) = (no_number IS NOT NULL))
);
CREATE INDEX call_person_by_phone ON call_person (phone);

-- What was typed before there is a case; gone once there is one. A call has one at most.
CREATE TABLE call_draft (
    call_id  uuid NOT NULL PRIMARY KEY REFERENCES call,
    version  bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    body     text NOT NULL CHECK (json_kind(body) <> '' AND char_length(body) <= 65536),
    saved_at timestamptz NOT NULL,
    saved_by uuid REFERENCES token
);

-- Attempts to reach somebody whom nobody had answered.
CREATE TABLE call_back (
    call_id uuid NOT NULL REFERENCES call,
    number  bigint NOT NULL CHECK (number BETWEEN 1 AND 3),
    outcome text NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'wrong_number')),
    at      timestamptz NOT NULL,
    recorded_by uuid REFERENCES token,
    PRIMARY KEY (call_id, number)
);

-- Danger first (4.1): every answer ever given; the latest one counts.
CREATE TABLE hazard_answer (
    call_id     uuid NOT NULL REFERENCES call,
    number      bigint NOT NULL CHECK (number >= 1),
    hazard      text NOT NULL CHECK (char_length(hazard) BETWEEN 1 AND 64),
    answer      text NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
    answered_at timestamptz NOT NULL,
    answered_by uuid REFERENCES token,
    PRIMARY KEY (call_id, number)
);
CREATE TRIGGER hazard_answer_immutable BEFORE UPDATE OR DELETE ON hazard_answer
    FOR EACH ROW EXECUTE FUNCTION refuse('hazard_answer_immutable');
CREATE TRIGGER hazard_answer_immutable_whole BEFORE TRUNCATE ON hazard_answer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('hazard_answer_immutable');

-- The instruction for an answer that was yes, given to the caller.
CREATE TABLE hazard_instruction (
    call_id  uuid NOT NULL,
    number   bigint NOT NULL,
    given_at timestamptz NOT NULL,
    given_by uuid REFERENCES token,
    PRIMARY KEY (call_id, number),
    FOREIGN KEY (call_id, number) REFERENCES hazard_answer (call_id, number)
);
CREATE TRIGGER hazard_instruction_immutable BEFORE UPDATE OR DELETE ON hazard_instruction
    FOR EACH ROW EXECUTE FUNCTION refuse('hazard_instruction_immutable');
CREATE TRIGGER hazard_instruction_immutable_whole BEFORE TRUNCATE ON hazard_instruction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('hazard_instruction_immutable');

-- Callers handed over to 119, 110 or the gas company.
CREATE TABLE emergency_handover (
    id           uuid NOT NULL PRIMARY KEY,
    call_id      uuid NOT NULL REFERENCES call,
    service      text NOT NULL CHECK (service IN ('fire_ambulance', 'police', 'gas')),
    begun_at     timestamptz NOT NULL,
    begun_by     uuid REFERENCES token,
    connected_at timestamptz,
    ended_at     timestamptz,
    outcome      text CHECK (outcome IN ('calls_themselves', 'told_otherwise', 'not_needed', 'caller_lost')),
    CHECK ((outcome IS NOT NULL) = (ended_at IS NOT NULL AND connected_at IS NULL)),
    CHECK (connected_at IS NULL OR connected_at >= begun_at),
    CHECK (ended_at IS NULL OR ended_at >= COALESCE(connected_at, begun_at))
);
CREATE INDEX emergency_handover_by_call ON emergency_handover (call_id);
CREATE INDEX emergency_handover_under_way ON emergency_handover (call_id) WHERE connected_at IS NULL AND ended_at IS NULL;

-- The dangers of a case, each from when it was known until somebody has cleared it.
CREATE TABLE case_hazard (
    case_id    uuid NOT NULL REFERENCES case_file,
    number     bigint NOT NULL CHECK (number >= 1),
    hazard     text NOT NULL CHECK (char_length(hazard) BETWEEN 1 AND 64),
    call_id    uuid NOT NULL REFERENCES call,
    raised_at  timestamptz NOT NULL,
    cleared_at timestamptz,
    cleared_by text CHECK (cleared_by IN ('fire_brigade', 'police', 'gas_company', 'caller', 'supervisor')),
    note_code  text CHECK (char_length(note_code) BETWEEN 1 AND 64),
    recorded_by uuid REFERENCES token,
    PRIMARY KEY (case_id, number),
    CHECK ((cleared_at IS NULL) = (cleared_by IS NULL)),
    CHECK ((cleared_at IS NULL) = (note_code IS NULL)),
    CHECK (cleared_at IS NULL OR cleared_at >= raised_at)
);
CREATE UNIQUE INDEX case_hazard_one_uncleared ON case_hazard (case_id, hazard) WHERE cleared_at IS NULL;

-- The shift handed over: what was open then, and who took it.
CREATE TABLE hand_over (
    id          uuid NOT NULL PRIMARY KEY,
    given_at    timestamptz NOT NULL,
    given_by    uuid NOT NULL REFERENCES token,
    snapshot    text NOT NULL CHECK (json_kind(snapshot) <> '' AND char_length(snapshot) <= 1048576),
    accepted_at timestamptz,
    accepted_by uuid REFERENCES token,
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK (accepted_by <> given_by),
    CHECK (accepted_at IS NULL OR accepted_at >= given_at)
);
CREATE INDEX hand_over_open ON hand_over (given_at) WHERE accepted_at IS NULL;

-- What the giver wrote to the taker; may name people.
CREATE TABLE hand_over_note (
    hand_over_id uuid NOT NULL PRIMARY KEY REFERENCES hand_over,
    note         text NOT NULL CHECK (char_length(note) BETWEEN 1 AND 2000)
);

-- Who answers for it where a rule asks first (G-14, S-06, 3.4). Never changed.
CREATE TABLE warrant (
    case_id     uuid NOT NULL REFERENCES case_file,
    number      bigint NOT NULL CHECK (number >= 1),
    kind        text NOT NULL CHECK (kind IN ('goodwill', 'landlord', 'no_referral')),
    reason      text NOT NULL CHECK (reason IN ('danger', 'nobody_else', 'sponsor_agreed', 'host_company_agreed', 'in_writing',
                                                    'recorded', 'taken_on', 'known_already', 'not_theirs',
                                                    'nothing_left')),
    job_code    text CHECK (char_length(job_code) BETWEEN 1 AND 64),
    at          timestamptz NOT NULL,
    recorded_by uuid REFERENCES token,
    PRIMARY KEY (case_id, number)
);
CREATE TRIGGER warrant_immutable BEFORE UPDATE OR DELETE ON warrant
    FOR EACH ROW EXECUTE FUNCTION refuse('warrant_immutable');
CREATE TRIGGER warrant_immutable_whole BEFORE TRUNCATE ON warrant
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('warrant_immutable');
