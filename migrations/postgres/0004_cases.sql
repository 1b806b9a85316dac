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
    eligibility    text        NOT NULL CHECK (eligibility IN ('eligible', 'unverified', 'not_eligible')),
    liability_flag text        NOT NULL CHECK (liability_flag IN ('yes', 'no', 'unknown')),
    state          text        NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at      timestamptz NOT NULL,
    closed_at      timestamptz,
    CHECK ((closed_at IS NOT NULL) = (state = 'closed'))
);
CREATE INDEX case_file_by_state ON case_file (state, opened_at);

CREATE TABLE case_category (
    case_id  uuid NOT NULL REFERENCES case_file,
    category text NOT NULL CHECK (category IN ('water', 'lock', 'liability', 'consultation')),
    PRIMARY KEY (case_id, category)
);

CREATE TABLE case_person (
    case_id uuid NOT NULL PRIMARY KEY REFERENCES case_file,
    name    text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    phone   text NOT NULL CHECK (char_length(phone) BETWEEN 1 AND 32)
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

CREATE TABLE call (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id     uuid        REFERENCES case_file,
    channel     text        NOT NULL CHECK (channel IN ('phone', 'chat')),
    language    text        NOT NULL CHECK (char_length(language) BETWEEN 2 AND 35),
    caller_role text        NOT NULL CHECK (caller_role IN ('worker', 'host_company', 'flatmate', 'landlord',
                                                            'other')),
    state       text        NOT NULL CHECK (state IN ('offered', 'answered', 'ended', 'abandoned')),
    offered_at  timestamptz NOT NULL,
    answered_at timestamptz,
    ended_at    timestamptz,
    answered_by uuid        REFERENCES token
);
CREATE INDEX call_by_case ON call (case_id);
CREATE INDEX call_by_state ON call (state, offered_at);

CREATE TABLE call_person (
    call_id uuid NOT NULL PRIMARY KEY REFERENCES call,
    phone   text NOT NULL CHECK (char_length(phone) BETWEEN 1 AND 32),
    name    text CHECK (char_length(name) BETWEEN 1 AND 200)
);
CREATE INDEX call_person_by_phone ON call_person (phone);
