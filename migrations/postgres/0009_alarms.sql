-- Alarms: what a person at the desk must know. One that is not resolved is unique by kind and subject: the same
-- cause raises one alarm, however often it is noticed. Its kinds are those of the application; a new kind needs no
-- change here.

CREATE TABLE alarm (
    id              uuid        NOT NULL PRIMARY KEY,
    version         bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    kind            text        NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 64),
    subject         text        NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 64),
    subject_id      uuid        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('waiting', 'ringing', 'acknowledged', 'resolved')),
    raised_at       timestamptz NOT NULL,
    rings_at        timestamptz,
    rung            bigint      NOT NULL CHECK (rung >= 0),
    acknowledged_at timestamptz,
    acknowledged_by uuid        REFERENCES token,
    resolved_at     timestamptz,
    CHECK ((rings_at IS NULL) = (state = 'resolved')),
    CHECK ((resolved_at IS NOT NULL) = (state = 'resolved')),
    CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL)
);
CREATE UNIQUE INDEX alarm_one_unresolved ON alarm (subject_id, kind) WHERE state <> 'resolved';
-- Which alarms of a kind have no cause any more.
CREATE INDEX alarm_unresolved ON alarm (kind) WHERE state <> 'resolved';
CREATE INDEX alarm_by_time ON alarm (rings_at) WHERE rings_at IS NOT NULL;
CREATE INDEX alarm_by_state ON alarm (state, id);
