-- Jobs: who was asked and why (decision, offer), who goes (assignment), when (planned_window), and what happened
-- at the site (fact).

CREATE TABLE job (
    id          uuid        NOT NULL PRIMARY KEY,
    version     bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id     uuid        NOT NULL REFERENCES case_file,
    job_code    text        NOT NULL CHECK (char_length(job_code) BETWEEN 1 AND 64),
    trade       text        NOT NULL CHECK (trade IN ('water', 'lock')),
    priority    text        NOT NULL CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
    state       text        NOT NULL CHECK (state IN ('unassigned', 'held', 'booked', 'offered', 'accepted', 'assigned',
                                                  'en_route', 'on_site', 'working', 'paused', 'awaiting_return',
                                                  'completed', 'cancelled', 'no_coverage')),
    state_since timestamptz NOT NULL,
    hold        text        CHECK (char_length(hold) BETWEEN 1 AND 64),
    created_at  timestamptz NOT NULL,
    closed_at   timestamptz,
    rework_of   uuid        REFERENCES job,
    -- When the job is looked at again. Whatever is not finished always has such an instant: never silence.
    wake_at     timestamptz,
    warned_at   timestamptz,
    -- Where the ladder stands: the round from 1, in it the rung from 0.
    round       bigint      NOT NULL DEFAULT 1 CHECK (round BETWEEN 1 AND 1000000),
    rung        bigint      NOT NULL DEFAULT 0 CHECK (rung BETWEEN 0 AND 100),
    CHECK ((wake_at IS NULL) = (state IN ('completed', 'cancelled'))),
    CHECK ((hold IS NOT NULL) = (state = 'held'))
);
CREATE INDEX job_by_wake ON job (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_by_state ON job (state, id);
-- What is in hand: by urgency and age.
CREATE INDEX job_unfinished ON job (priority, created_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_by_case ON job (case_id);

-- The record of one matching run. document is replayed to the byte, so it is never touched again.
CREATE TABLE decision (
    id             uuid        NOT NULL PRIMARY KEY,
    job_id         uuid        NOT NULL REFERENCES job,
    decided_at     timestamptz NOT NULL,
    decided_by     uuid,
    engine_version text        NOT NULL CHECK (char_length(engine_version) BETWEEN 1 AND 64),
    document       text        NOT NULL CHECK (json_kind(document) <> '' AND char_length(document) <= 1048576)
);
CREATE INDEX decision_by_job ON decision (job_id);
CREATE TRIGGER decision_immutable BEFORE UPDATE OR DELETE ON decision
    FOR EACH ROW EXECUTE FUNCTION refuse('decision_immutable');
CREATE TRIGGER decision_immutable_whole BEFORE TRUNCATE ON decision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('decision_immutable');

CREATE TABLE offer (
    id                  uuid        NOT NULL PRIMARY KEY,
    version             bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    job_id              uuid        NOT NULL REFERENCES job,
    decision_id         uuid        NOT NULL REFERENCES decision,
    firm_id             uuid        NOT NULL REFERENCES firm,
    technician_id       uuid        NOT NULL REFERENCES technician,
    -- Who is asked: the technician, or his firm, which may name another one.
    addressee           text        NOT NULL DEFAULT 'technician' CHECK (addressee IN ('technician', 'firm')),
    -- Whether it is the job, or a hand with it beside whoever has the job.
    role                text        NOT NULL DEFAULT 'lead' CHECK (role IN ('lead', 'helper')),
    rank                bigint      NOT NULL CHECK (rank >= 0),
    round               bigint      NOT NULL DEFAULT 1 CHECK (round >= 1),
    rung                bigint      NOT NULL DEFAULT 0 CHECK (rung >= 0),
    state               text        NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired',
                                                              'withdrawn')),
    offered_at          timestamptz NOT NULL,
    deadline            timestamptz NOT NULL,
    answered_at         timestamptz,
    decline_code        text        CHECK (char_length(decline_code) BETWEEN 1 AND 64),
    arrival_promised_at timestamptz,
    -- By whom the answer came in: the one asked, or the desk with him on the telephone.
    answered_via        text        CHECK (answered_via IN ('self', 'phone')),
    withdraw_code       text        CHECK (char_length(withdraw_code) BETWEEN 1 AND 64),
    naming_due_at       timestamptz,
    -- When it was agreed on the telephone, where the desk has said so.
    agreed_at           timestamptz,
    CHECK (state <> 'open' OR answered_at IS NULL),
    CHECK (state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL),
    CHECK (state <> 'declined' OR decline_code IS NOT NULL),
    CHECK (withdraw_code IS NULL OR state = 'withdrawn'),
    CHECK (naming_due_at IS NULL OR addressee = 'firm'),
    CHECK (agreed_at IS NULL OR answered_via = 'phone')
);
CREATE UNIQUE INDEX offer_one_accepted_per_job ON offer (job_id) WHERE state = 'accepted' AND role = 'lead';
CREATE UNIQUE INDEX offer_one_open_per_technician ON offer (technician_id) WHERE state = 'open';
CREATE INDEX offer_by_deadline ON offer (deadline) WHERE state = 'open';
CREATE INDEX offer_by_job ON offer (job_id);
-- Lists go by id within what they are of, and the open ones are found without the history.
CREATE INDEX offer_by_technician ON offer (technician_id, id);
CREATE INDEX offer_by_firm ON offer (firm_id, id);
CREATE INDEX offer_by_state ON offer (state, id);
CREATE INDEX offer_open_by_firm ON offer (firm_id, id) WHERE state = 'open';
-- A guarded UPDATE may raise the version before it is refused; nothing else of a settled offer ever changes.
CREATE TRIGGER offer_settled BEFORE UPDATE ON offer
    FOR EACH ROW WHEN (OLD.state IN ('declined', 'expired', 'withdrawn')
                       AND to_jsonb(NEW) - 'version' <> to_jsonb(OLD) - 'version')
    EXECUTE FUNCTION refuse('offer_settled');
CREATE TRIGGER offer_accepted_only_withdrawn BEFORE UPDATE ON offer
    FOR EACH ROW WHEN (OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'withdrawn'))
    EXECUTE FUNCTION refuse('offer_settled');
CREATE TRIGGER offer_never_deleted BEFORE DELETE ON offer
    FOR EACH ROW EXECUTE FUNCTION refuse('offer_never_deleted');
CREATE TRIGGER offer_never_deleted_whole BEFORE TRUNCATE ON offer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('offer_never_deleted');

CREATE TABLE assignment (
    id             uuid        NOT NULL PRIMARY KEY,
    version        bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    job_id         uuid        NOT NULL REFERENCES job,
    offer_id       uuid        NOT NULL UNIQUE REFERENCES offer,
    firm_id        uuid        NOT NULL REFERENCES firm,
    technician_id  uuid        NOT NULL REFERENCES technician,
    slot           text        NOT NULL CHECK (slot IN ('current', 'queued', 'released')),
    assigned_at    timestamptz NOT NULL,
    -- From when its technician's reports count by themselves (G-01): the acceptance, or what came before a yes by phone.
    counts_from    timestamptz NOT NULL,
    arrival_due_at timestamptz,
    released_at    timestamptz,
    release_code   text        CHECK (char_length(release_code) BETWEEN 1 AND 64),
    -- Since when it is the technician's current one, and the last time he came nearer, with where he was then.
    current_since  timestamptz,
    progress_at    timestamptz,
    progress_lat_e6 bigint     CHECK (progress_lat_e6 BETWEEN -90000000 AND 90000000),
    progress_lon_e6 bigint     CHECK (progress_lon_e6 BETWEEN -180000000 AND 180000000),
    -- Up to which number its technician has heard of the dangers of the case, and of the plans of the identity check (G-08).
    heard_danger   bigint      NOT NULL DEFAULT 0 CHECK (heard_danger >= 0),
    heard_check    bigint      NOT NULL DEFAULT 0 CHECK (heard_check >= 0),
    CHECK ((released_at IS NOT NULL) = (slot = 'released')),
    CHECK (release_code IS NULL OR slot = 'released'),
    CHECK ((progress_lat_e6 IS NULL) = (progress_lon_e6 IS NULL)),
    CHECK (slot <> 'current' OR current_since IS NOT NULL)
);
CREATE UNIQUE INDEX assignment_one_current_per_technician ON assignment (technician_id) WHERE slot = 'current';
CREATE UNIQUE INDEX assignment_one_queued_per_technician ON assignment (technician_id) WHERE slot = 'queued';
CREATE UNIQUE INDEX assignment_one_per_job_and_technician ON assignment (job_id, technician_id)
    WHERE slot <> 'released';
CREATE INDEX assignment_by_job ON assignment (job_id);
CREATE INDEX assignment_by_technician ON assignment (technician_id, job_id);
CREATE INDEX assignment_by_firm ON assignment (firm_id, job_id);
-- Who takes or leaves a place of a technician holds the technician until the end: two who look at the places at the
-- same time do not miss each other, and what is behind another job never stays behind nothing.
CREATE FUNCTION hold_technician() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM technician WHERE id = NEW.technician_id FOR NO KEY UPDATE;
    RETURN NEW;
END
$$;
CREATE TRIGGER assignment_holds_technician BEFORE INSERT OR UPDATE OF slot ON assignment
    FOR EACH ROW EXECUTE FUNCTION hold_technician();
CREATE FUNCTION refuse_queued_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM assignment WHERE technician_id = NEW.technician_id AND slot = 'queued')
       AND NOT EXISTS (SELECT 1 FROM assignment WHERE technician_id = NEW.technician_id AND slot = 'current') THEN
        RAISE EXCEPTION 'kaketsuke: assignment_queued_alone';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER assignment_queued_alone AFTER INSERT OR UPDATE OF slot ON assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_queued_alone();
CREATE TRIGGER assignment_released BEFORE UPDATE ON assignment
    FOR EACH ROW WHEN (OLD.slot = 'released' AND to_jsonb(NEW) - 'version' <> to_jsonb(OLD) - 'version')
    EXECUTE FUNCTION refuse('assignment_released');
CREATE TRIGGER assignment_never_deleted BEFORE DELETE ON assignment
    FOR EACH ROW EXECUTE FUNCTION refuse('assignment_never_deleted');
CREATE TRIGGER assignment_never_deleted_whole BEFORE TRUNCATE ON assignment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('assignment_never_deleted');

-- What is planned never overlaps; windows are half-open, so touching ones are fine. Deferrable, so that two
-- windows can be swapped in one transaction.
CREATE TABLE planned_window (
    id            uuid        NOT NULL PRIMARY KEY,
    version       bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    technician_id uuid        NOT NULL REFERENCES technician,
    job_id        uuid        NOT NULL REFERENCES job,
    starts_at     timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    state         text        NOT NULL CHECK (state IN ('planned', 'released')),
    -- What a person has passed over when it was planned, as JSON (G-17).
    confirmation  text        NOT NULL DEFAULT 'null' CHECK (json_kind(confirmation) <> '' AND char_length(confirmation) <= 1024),
    CHECK (starts_at < ends_at),
    CONSTRAINT planned_window_no_overlap
        EXCLUDE USING gist (technician_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
        WHERE (state = 'planned') DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX planned_window_by_technician ON planned_window (technician_id, starts_at);
CREATE INDEX planned_window_by_job ON planned_window (job_id);

-- Reports that were refused by themselves, each once however often it is sent; what is told of one is in its event.
CREATE TABLE fact_rejection (
    job_id uuid NOT NULL REFERENCES job,
    -- What makes it the same report.
    mark   text NOT NULL CHECK (char_length(mark) BETWEEN 1 AND 128),
    PRIMARY KEY (job_id, mark)
);

-- A report from the site. The id is made by the device: a repeated report is the same row. Late and
-- contradicting facts are stored, never refused here; the field record is a fold over the set of them.
CREATE TABLE fact (
    id            uuid        NOT NULL PRIMARY KEY,
    job_id        uuid        NOT NULL REFERENCES job,
    assignment_id uuid        NOT NULL REFERENCES assignment,
    technician_id uuid        NOT NULL REFERENCES technician,
    device        text        NOT NULL CHECK (char_length(device) BETWEEN 1 AND 128),
    device_seq    bigint      NOT NULL CHECK (device_seq >= 1),
    kind          text        NOT NULL CHECK (kind IN ('departure', 'position', 'delay', 'arrival', 'no_access', 'id_check',
                                                   'work_start', 'pause', 'resume', 'work_end', 'part',
                                                   'special_work', 'consent', 'referral_finding', 'payment',
                                                   'withdrawal', 'leaving', 'completion')),
    device_time   timestamptz NOT NULL,
    sent_at       timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    -- Whose word it is: a device's, or the desk's in the technician's name.
    told_by       text        NOT NULL CHECK (told_by IN ('device', 'desk', 'suspended')),
    -- What it names and nobody had on record when it was received.
    unresolved    text        CHECK (unresolved IN ('language', 'text', 'understanding', 'evidence', 'work', 'landlord', 'licence')),
    data          text        NOT NULL CHECK (json_kind(data) <> '' AND char_length(data) <= 65536)
);
CREATE INDEX fact_by_job ON fact (job_id);
CREATE INDEX fact_by_device ON fact (technician_id, device, device_seq);
CREATE INDEX fact_work_by_technician ON fact (technician_id, device_time) WHERE kind = 'work_start';
CREATE TRIGGER fact_immutable BEFORE UPDATE OR DELETE ON fact
    FOR EACH ROW EXECUTE FUNCTION refuse('fact_immutable');
CREATE TRIGGER fact_immutable_whole BEFORE TRUNCATE ON fact
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('fact_immutable');

-- Every attempt to have an interpreter on the line (I-05, I-06), in a call or in a second three-way call from the site of a
-- job, with clocks of its own.
CREATE TABLE interpretation (
    id           uuid NOT NULL PRIMARY KEY,
    call_id      uuid REFERENCES call,
    job_id       uuid REFERENCES job,
    language     text NOT NULL CHECK (char_length(language) BETWEEN 2 AND 35),
    interpreter  text NOT NULL CHECK (char_length(interpreter) BETWEEN 1 AND 64),
    state        text NOT NULL CHECK (state IN ('requested', 'joined', 'no_answer', 'refused', 'not_settled', 'left')),
    requested_at timestamptz NOT NULL,
    settled_at   timestamptz,
    left_at      timestamptz,
    CHECK ((call_id IS NULL) <> (job_id IS NULL)),
    CHECK ((settled_at IS NOT NULL) = (state <> 'requested')),
    CHECK ((left_at IS NOT NULL) = (state = 'left')),
    CHECK (settled_at IS NULL OR settled_at >= requested_at),
    CHECK (left_at IS NULL OR left_at >= settled_at)
);
CREATE INDEX interpretation_by_call ON interpretation (call_id);
CREATE INDEX interpretation_by_job ON interpretation (job_id);
CREATE UNIQUE INDEX interpretation_one_at_a_time ON interpretation (call_id) WHERE state IN ('requested', 'joined');
CREATE UNIQUE INDEX interpretation_one_at_a_site ON interpretation (job_id) WHERE state IN ('requested', 'joined');
