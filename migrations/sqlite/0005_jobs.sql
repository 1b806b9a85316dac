-- Jobs: who was asked and why (decision, offer), who goes (assignment), when (planned_window), and what happened
-- at the site (fact).

CREATE TABLE job (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version     INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    case_id     BLOB    NOT NULL REFERENCES case_file,
    job_code    TEXT    NOT NULL CHECK (length(job_code) BETWEEN 1 AND 64),
    trade       TEXT    NOT NULL CHECK (trade IN ('water', 'lock')),
    priority    TEXT    NOT NULL CHECK (priority IN ('P0', 'P1', 'P2', 'P3')),
    state       TEXT    NOT NULL CHECK (state IN ('unassigned', 'held', 'booked', 'offered', 'accepted', 'assigned',
                                                  'en_route', 'on_site', 'working', 'paused', 'awaiting_return',
                                                  'completed', 'cancelled', 'no_coverage')),
    state_since TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(state_since, 1, 19)) IS substr(state_since, 1, 19) AND julianday(state_since) IS NOT NULL AND length(state_since) IN (25, 29, 32) AND state_since GLOB '*+00:00' AND state_since NOT GLOB '*000+00:00' AND state_since NOT GLOB '*T24*'),
    hold        TEXT    CHECK (length(hold) BETWEEN 1 AND 64),
    created_at  TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    closed_at   TEXT    CHECK (closed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(closed_at, 1, 19)) IS substr(closed_at, 1, 19) AND julianday(closed_at) IS NOT NULL AND length(closed_at) IN (25, 29, 32) AND closed_at GLOB '*+00:00' AND closed_at NOT GLOB '*000+00:00' AND closed_at NOT GLOB '*T24*'),
    rework_of   BLOB    REFERENCES job,
    -- When the job is looked at again. Whatever is not finished always has such an instant: never silence.
    wake_at     TEXT    CHECK (wake_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(wake_at, 1, 19)) IS substr(wake_at, 1, 19) AND julianday(wake_at) IS NOT NULL AND length(wake_at) IN (25, 29, 32) AND wake_at GLOB '*+00:00' AND wake_at NOT GLOB '*000+00:00' AND wake_at NOT GLOB '*T24*'),
    warned_at   TEXT CHECK (warned_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(warned_at, 1, 19)) IS substr(warned_at, 1, 19) AND julianday(warned_at) IS NOT NULL AND length(warned_at) IN (25, 29, 32) AND warned_at GLOB '*+00:00' AND warned_at NOT GLOB '*000+00:00' AND warned_at NOT GLOB '*T24*'),
    -- Where the ladder stands: the round from 1, in it the rung from 0.
    round       INTEGER NOT NULL DEFAULT 1 CHECK (round BETWEEN 1 AND 1000000),
    rung        INTEGER NOT NULL DEFAULT 0 CHECK (rung BETWEEN 0 AND 100),
    CHECK ((wake_at IS NULL) = (state IN ('completed', 'cancelled'))),
    CHECK ((hold IS NOT NULL) = (state = 'held'))
) STRICT, WITHOUT ROWID;
CREATE INDEX job_by_wake ON job (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_by_state ON job (state, id);
-- What is in hand: by urgency and age.
CREATE INDEX job_unfinished ON job (priority, created_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_by_case ON job (case_id);

-- The record of one matching run. document is replayed to the byte, so it is never touched again.
CREATE TABLE decision (
    id             BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id         BLOB NOT NULL REFERENCES job,
    decided_at     TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(decided_at, 1, 19)) IS substr(decided_at, 1, 19) AND julianday(decided_at) IS NOT NULL AND length(decided_at) IN (25, 29, 32) AND decided_at GLOB '*+00:00' AND decided_at NOT GLOB '*000+00:00' AND decided_at NOT GLOB '*T24*'),
    decided_by     BLOB CHECK (length(decided_by) = 16),
    engine_version TEXT NOT NULL CHECK (length(engine_version) BETWEEN 1 AND 64),
    document       TEXT NOT NULL CHECK (json_valid(document) AND length(document) <= 1048576)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_by_job ON decision (job_id);
CREATE TRIGGER decision_immutable BEFORE UPDATE ON decision BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: decision_immutable');
END;
CREATE TRIGGER decision_immutable_delete BEFORE DELETE ON decision BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: decision_immutable');
END;
CREATE TRIGGER decision_not_replaced BEFORE INSERT ON decision BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: decision_pkey') WHERE EXISTS (SELECT 1 FROM decision WHERE id = NEW.id);
END;

CREATE TABLE offer (
    id                  BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version             INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    job_id              BLOB    NOT NULL REFERENCES job,
    decision_id         BLOB    NOT NULL REFERENCES decision,
    firm_id             BLOB    NOT NULL REFERENCES firm,
    technician_id       BLOB    NOT NULL REFERENCES technician,
    -- Who is asked: the technician, or his firm, which may name another one.
    addressee           TEXT    NOT NULL DEFAULT 'technician' CHECK (addressee IN ('technician', 'firm')),
    -- Whether it is the job, or a hand with it beside whoever has the job.
    role                TEXT    NOT NULL DEFAULT 'lead' CHECK (role IN ('lead', 'helper')),
    rank                INTEGER NOT NULL CHECK (rank >= 0),
    round               INTEGER NOT NULL DEFAULT 1 CHECK (round >= 1),
    rung                INTEGER NOT NULL DEFAULT 0 CHECK (rung >= 0),
    state               TEXT    NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'expired',
                                                          'withdrawn')),
    offered_at          TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(offered_at, 1, 19)) IS substr(offered_at, 1, 19) AND julianday(offered_at) IS NOT NULL AND length(offered_at) IN (25, 29, 32) AND offered_at GLOB '*+00:00' AND offered_at NOT GLOB '*000+00:00' AND offered_at NOT GLOB '*T24*'),
    deadline            TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(deadline, 1, 19)) IS substr(deadline, 1, 19) AND julianday(deadline) IS NOT NULL AND length(deadline) IN (25, 29, 32) AND deadline GLOB '*+00:00' AND deadline NOT GLOB '*000+00:00' AND deadline NOT GLOB '*T24*'),
    answered_at         TEXT    CHECK (answered_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(answered_at, 1, 19)) IS substr(answered_at, 1, 19) AND julianday(answered_at) IS NOT NULL AND length(answered_at) IN (25, 29, 32) AND answered_at GLOB '*+00:00' AND answered_at NOT GLOB '*000+00:00' AND answered_at NOT GLOB '*T24*'),
    decline_code        TEXT    CHECK (length(decline_code) BETWEEN 1 AND 64),
    arrival_promised_at TEXT    CHECK (arrival_promised_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(arrival_promised_at, 1, 19)) IS substr(arrival_promised_at, 1, 19) AND julianday(arrival_promised_at) IS NOT NULL AND length(arrival_promised_at) IN (25, 29, 32) AND arrival_promised_at GLOB '*+00:00' AND arrival_promised_at NOT GLOB '*000+00:00' AND arrival_promised_at NOT GLOB '*T24*'),
    -- By whom the answer came in: the one asked, or the desk with him on the telephone.
    answered_via        TEXT    CHECK (answered_via IN ('self', 'phone')),
    withdraw_code       TEXT    CHECK (length(withdraw_code) BETWEEN 1 AND 64),
    naming_due_at       TEXT CHECK (naming_due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(naming_due_at, 1, 19)) IS substr(naming_due_at, 1, 19) AND julianday(naming_due_at) IS NOT NULL AND length(naming_due_at) IN (25, 29, 32) AND naming_due_at GLOB '*+00:00' AND naming_due_at NOT GLOB '*000+00:00' AND naming_due_at NOT GLOB '*T24*'),
    -- When it was agreed on the telephone, where the desk has said so.
    agreed_at           TEXT CHECK (agreed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(agreed_at, 1, 19)) IS substr(agreed_at, 1, 19) AND julianday(agreed_at) IS NOT NULL AND length(agreed_at) IN (25, 29, 32) AND agreed_at GLOB '*+00:00' AND agreed_at NOT GLOB '*000+00:00' AND agreed_at NOT GLOB '*T24*'),
    CHECK (state <> 'open' OR answered_at IS NULL),
    CHECK (state NOT IN ('accepted', 'declined') OR answered_at IS NOT NULL),
    CHECK (state <> 'declined' OR decline_code IS NOT NULL),
    CHECK (withdraw_code IS NULL OR state = 'withdrawn'),
    CHECK (naming_due_at IS NULL OR addressee = 'firm'),
    CHECK (agreed_at IS NULL OR answered_via = 'phone')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX offer_one_accepted_per_job ON offer (job_id) WHERE state = 'accepted' AND role = 'lead';
CREATE UNIQUE INDEX offer_one_open_per_technician ON offer (technician_id) WHERE state = 'open';
CREATE INDEX offer_by_deadline ON offer (deadline) WHERE state = 'open';
CREATE INDEX offer_by_job ON offer (job_id);
-- Lists go by id within what they are of, and the open ones are found without the history.
CREATE INDEX offer_by_technician ON offer (technician_id, id);
CREATE INDEX offer_by_firm ON offer (firm_id, id);
CREATE INDEX offer_by_state ON offer (state, id);
CREATE INDEX offer_open_by_firm ON offer (firm_id, id) WHERE state = 'open';
CREATE TRIGGER offer_not_replaced BEFORE INSERT ON offer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: offer_pkey') WHERE EXISTS (SELECT 1 FROM offer WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: offer_one_accepted_per_job')
    WHERE NEW.state = 'accepted' AND NEW.role = 'lead'
      AND EXISTS (SELECT 1 FROM offer
                  WHERE job_id = NEW.job_id AND state = 'accepted' AND role = 'lead');
    SELECT RAISE(ABORT, 'kaketsuke: offer_one_open_per_technician')
    WHERE NEW.state = 'open'
      AND EXISTS (SELECT 1 FROM offer
                  WHERE technician_id = NEW.technician_id AND state = 'open');
END;
-- A guarded UPDATE may raise the version before it is refused; nothing else of a settled offer ever changes.
CREATE TRIGGER offer_settled BEFORE UPDATE ON offer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: offer_settled')
    WHERE OLD.state IN ('declined', 'expired', 'withdrawn')
      AND (NEW.id, NEW.job_id, NEW.decision_id, NEW.firm_id, NEW.technician_id, NEW.rank, NEW.state,
           NEW.offered_at, NEW.deadline, NEW.answered_at, NEW.decline_code, NEW.arrival_promised_at,
           NEW.addressee, NEW.role, NEW.round, NEW.rung, NEW.answered_via, NEW.withdraw_code, NEW.naming_due_at,
           NEW.agreed_at)
       IS NOT (OLD.id, OLD.job_id, OLD.decision_id, OLD.firm_id, OLD.technician_id, OLD.rank, OLD.state,
           OLD.offered_at, OLD.deadline, OLD.answered_at, OLD.decline_code, OLD.arrival_promised_at,
           OLD.addressee, OLD.role, OLD.round, OLD.rung, OLD.answered_via, OLD.withdraw_code, OLD.naming_due_at,
           OLD.agreed_at);
    SELECT RAISE(ABORT, 'kaketsuke: offer_settled')
    WHERE OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'withdrawn');
    SELECT RAISE(ABORT, 'kaketsuke: offer_pkey')
    WHERE EXISTS (SELECT 1 FROM offer WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: offer_one_accepted_per_job')
    WHERE NEW.state = 'accepted' AND NEW.role = 'lead'
      AND EXISTS (SELECT 1 FROM offer
                  WHERE job_id = NEW.job_id AND state = 'accepted' AND role = 'lead' AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: offer_one_open_per_technician')
    WHERE NEW.state = 'open'
      AND EXISTS (SELECT 1 FROM offer
                  WHERE technician_id = NEW.technician_id AND state = 'open' AND id <> OLD.id);
END;
CREATE TRIGGER offer_never_deleted BEFORE DELETE ON offer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: offer_never_deleted');
END;

CREATE TABLE assignment (
    id             BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version        INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    job_id         BLOB    NOT NULL REFERENCES job,
    offer_id       BLOB    NOT NULL UNIQUE REFERENCES offer,
    firm_id        BLOB    NOT NULL REFERENCES firm,
    technician_id  BLOB    NOT NULL REFERENCES technician,
    slot           TEXT    NOT NULL CHECK (slot IN ('current', 'queued', 'released')),
    assigned_at    TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(assigned_at, 1, 19)) IS substr(assigned_at, 1, 19) AND julianday(assigned_at) IS NOT NULL AND length(assigned_at) IN (25, 29, 32) AND assigned_at GLOB '*+00:00' AND assigned_at NOT GLOB '*000+00:00' AND assigned_at NOT GLOB '*T24*'),
    -- From when its technician's reports count by themselves (G-01): the acceptance, or what came before a yes by phone.
    counts_from    TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(counts_from, 1, 19)) IS substr(counts_from, 1, 19) AND julianday(counts_from) IS NOT NULL AND length(counts_from) IN (25, 29, 32) AND counts_from GLOB '*+00:00' AND counts_from NOT GLOB '*000+00:00' AND counts_from NOT GLOB '*T24*'),
    arrival_due_at TEXT    CHECK (arrival_due_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(arrival_due_at, 1, 19)) IS substr(arrival_due_at, 1, 19) AND julianday(arrival_due_at) IS NOT NULL AND length(arrival_due_at) IN (25, 29, 32) AND arrival_due_at GLOB '*+00:00' AND arrival_due_at NOT GLOB '*000+00:00' AND arrival_due_at NOT GLOB '*T24*'),
    released_at    TEXT    CHECK (released_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(released_at, 1, 19)) IS substr(released_at, 1, 19) AND julianday(released_at) IS NOT NULL AND length(released_at) IN (25, 29, 32) AND released_at GLOB '*+00:00' AND released_at NOT GLOB '*000+00:00' AND released_at NOT GLOB '*T24*'),
    release_code   TEXT    CHECK (length(release_code) BETWEEN 1 AND 64),
    -- Since when it is the technician's current one, and the last time he came nearer, with where he was then.
    current_since  TEXT CHECK (current_since IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(current_since, 1, 19)) IS substr(current_since, 1, 19) AND julianday(current_since) IS NOT NULL AND length(current_since) IN (25, 29, 32) AND current_since GLOB '*+00:00' AND current_since NOT GLOB '*000+00:00' AND current_since NOT GLOB '*T24*'),
    progress_at    TEXT CHECK (progress_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(progress_at, 1, 19)) IS substr(progress_at, 1, 19) AND julianday(progress_at) IS NOT NULL AND length(progress_at) IN (25, 29, 32) AND progress_at GLOB '*+00:00' AND progress_at NOT GLOB '*000+00:00' AND progress_at NOT GLOB '*T24*'),
    progress_lat_e6 INTEGER CHECK (progress_lat_e6 BETWEEN -90000000 AND 90000000),
    progress_lon_e6 INTEGER CHECK (progress_lon_e6 BETWEEN -180000000 AND 180000000),
    -- Up to which number its technician has heard of the dangers of the case, and of the plans of the identity check (G-08).
    heard_danger   INTEGER NOT NULL DEFAULT 0 CHECK (heard_danger >= 0),
    heard_check    INTEGER NOT NULL DEFAULT 0 CHECK (heard_check >= 0),
    CHECK ((released_at IS NOT NULL) = (slot = 'released')),
    CHECK (release_code IS NULL OR slot = 'released'),
    CHECK ((progress_lat_e6 IS NULL) = (progress_lon_e6 IS NULL)),
    CHECK (slot <> 'current' OR current_since IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX assignment_one_current_per_technician ON assignment (technician_id) WHERE slot = 'current';
CREATE UNIQUE INDEX assignment_one_queued_per_technician ON assignment (technician_id) WHERE slot = 'queued';
CREATE UNIQUE INDEX assignment_one_per_job_and_technician ON assignment (job_id, technician_id)
    WHERE slot <> 'released';
CREATE INDEX assignment_by_job ON assignment (job_id);
CREATE INDEX assignment_by_technician ON assignment (technician_id, job_id);
CREATE INDEX assignment_by_firm ON assignment (firm_id, job_id);
CREATE TRIGGER assignment_not_replaced BEFORE INSERT ON assignment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: assignment_pkey') WHERE EXISTS (SELECT 1 FROM assignment WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_offer_id_key')
    WHERE EXISTS (SELECT 1 FROM assignment WHERE offer_id = NEW.offer_id);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_one_current_per_technician')
    WHERE NEW.slot = 'current'
      AND EXISTS (SELECT 1 FROM assignment
                  WHERE technician_id = NEW.technician_id AND slot = 'current');
    SELECT RAISE(ABORT, 'kaketsuke: assignment_one_queued_per_technician')
    WHERE NEW.slot = 'queued'
      AND EXISTS (SELECT 1 FROM assignment
                  WHERE technician_id = NEW.technician_id AND slot = 'queued');
    SELECT RAISE(ABORT, 'kaketsuke: assignment_one_per_job_and_technician')
    WHERE NEW.slot <> 'released'
      AND EXISTS (SELECT 1 FROM assignment
                  WHERE job_id = NEW.job_id AND technician_id = NEW.technician_id AND slot <> 'released');
END;
-- What is behind another job never stays behind nothing. Nobody else writes between a release and the promotion that
-- follows, so what a release leaves behind is looked at by the sweep; here, what is put behind nothing.
CREATE TRIGGER assignment_queued_alone BEFORE INSERT ON assignment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: assignment_queued_alone')
    WHERE NEW.slot = 'queued'
      AND NOT EXISTS (SELECT 1 FROM assignment WHERE technician_id = NEW.technician_id AND slot = 'current');
END;
CREATE TRIGGER assignment_released BEFORE UPDATE ON assignment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: assignment_released')
    WHERE OLD.slot = 'released'
      AND (NEW.id, NEW.job_id, NEW.offer_id, NEW.firm_id, NEW.technician_id, NEW.slot, NEW.assigned_at,
           NEW.counts_from, NEW.arrival_due_at, NEW.released_at, NEW.release_code, NEW.current_since, NEW.progress_at,
           NEW.progress_lat_e6, NEW.progress_lon_e6, NEW.heard_danger, NEW.heard_check)
       IS NOT (OLD.id, OLD.job_id, OLD.offer_id, OLD.firm_id, OLD.technician_id, OLD.slot, OLD.assigned_at,
           OLD.counts_from, OLD.arrival_due_at, OLD.released_at, OLD.release_code, OLD.current_since, OLD.progress_at,
           OLD.progress_lat_e6, OLD.progress_lon_e6, OLD.heard_danger, OLD.heard_check);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_pkey')
    WHERE EXISTS (SELECT 1 FROM assignment WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_offer_id_key')
    WHERE EXISTS (SELECT 1 FROM assignment WHERE offer_id = NEW.offer_id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_one_current_per_technician')
    WHERE NEW.slot = 'current'
      AND EXISTS (SELECT 1 FROM assignment
                  WHERE technician_id = NEW.technician_id AND slot = 'current' AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_one_queued_per_technician')
    WHERE NEW.slot = 'queued'
      AND EXISTS (SELECT 1 FROM assignment
                  WHERE technician_id = NEW.technician_id AND slot = 'queued' AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: assignment_one_per_job_and_technician')
    WHERE NEW.slot <> 'released'
      AND EXISTS (SELECT 1 FROM assignment
                  WHERE job_id = NEW.job_id AND technician_id = NEW.technician_id AND slot <> 'released' AND id <> OLD.id);
END;
CREATE TRIGGER assignment_never_deleted BEFORE DELETE ON assignment BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: assignment_never_deleted');
END;

-- What is planned never overlaps; windows are half-open, so touching ones are fine. Deferrable, so that two
-- windows can be swapped in one transaction.
CREATE TABLE planned_window (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version       INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    technician_id BLOB    NOT NULL REFERENCES technician,
    job_id        BLOB    NOT NULL REFERENCES job,
    starts_at     TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(starts_at, 1, 19)) IS substr(starts_at, 1, 19) AND julianday(starts_at) IS NOT NULL AND length(starts_at) IN (25, 29, 32) AND starts_at GLOB '*+00:00' AND starts_at NOT GLOB '*000+00:00' AND starts_at NOT GLOB '*T24*'),
    ends_at       TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(ends_at, 1, 19)) IS substr(ends_at, 1, 19) AND julianday(ends_at) IS NOT NULL AND length(ends_at) IN (25, 29, 32) AND ends_at GLOB '*+00:00' AND ends_at NOT GLOB '*000+00:00' AND ends_at NOT GLOB '*T24*'),
    state         TEXT    NOT NULL CHECK (state IN ('planned', 'released')),
    -- What a person has passed over when it was planned, as JSON (G-17).
    confirmation  TEXT    NOT NULL DEFAULT 'null' CHECK (json_valid(confirmation) AND length(confirmation) <= 1024),
    CHECK (starts_at < ends_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX planned_window_by_technician ON planned_window (technician_id, starts_at);
CREATE INDEX planned_window_by_job ON planned_window (job_id);
CREATE TRIGGER planned_window_no_overlap BEFORE INSERT ON planned_window BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: planned_window_pkey')
    WHERE EXISTS (SELECT 1 FROM planned_window WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: planned_window_no_overlap')
    WHERE NEW.state = 'planned' AND EXISTS (
        SELECT 1 FROM planned_window
        WHERE technician_id = NEW.technician_id AND state = 'planned'
          AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at);
END;
CREATE TRIGGER planned_window_no_overlap_update BEFORE UPDATE ON planned_window BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: planned_window_pkey')
    WHERE EXISTS (SELECT 1 FROM planned_window WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: planned_window_no_overlap')
    WHERE NEW.state = 'planned' AND EXISTS (
        SELECT 1 FROM planned_window
        WHERE technician_id = NEW.technician_id AND state = 'planned'
          AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at AND id <> OLD.id);
END;

-- Reports that were refused by themselves, each once however often it is sent; what is told of one is in its event.
CREATE TABLE fact_rejection (
    job_id BLOB NOT NULL REFERENCES job,
    -- What makes it the same report.
    mark   TEXT NOT NULL CHECK (length(mark) BETWEEN 1 AND 128),
    PRIMARY KEY (job_id, mark)
) STRICT, WITHOUT ROWID;

-- A report from the site. The id is made by the device: a repeated report is the same row. Late and
-- contradicting facts are stored, never refused here; the field record is a fold over the set of them.
CREATE TABLE fact (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id        BLOB    NOT NULL REFERENCES job,
    assignment_id BLOB    NOT NULL REFERENCES assignment,
    technician_id BLOB    NOT NULL REFERENCES technician,
    device        TEXT    NOT NULL CHECK (length(device) BETWEEN 1 AND 128),
    device_seq    INTEGER NOT NULL CHECK (device_seq >= 1),
    kind          TEXT    NOT NULL CHECK (kind IN ('departure', 'position', 'delay', 'arrival', 'no_access', 'id_check',
                                                   'work_start', 'pause', 'resume', 'work_end', 'part',
                                                   'special_work', 'consent', 'referral_finding', 'payment',
                                                   'withdrawal', 'leaving', 'completion')),
    device_time   TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(device_time, 1, 19)) IS substr(device_time, 1, 19) AND julianday(device_time) IS NOT NULL AND length(device_time) IN (25, 29, 32) AND device_time GLOB '*+00:00' AND device_time NOT GLOB '*000+00:00' AND device_time NOT GLOB '*T24*'),
    sent_at       TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(sent_at, 1, 19)) IS substr(sent_at, 1, 19) AND julianday(sent_at) IS NOT NULL AND length(sent_at) IN (25, 29, 32) AND sent_at GLOB '*+00:00' AND sent_at NOT GLOB '*000+00:00' AND sent_at NOT GLOB '*T24*'),
    received_at   TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(received_at, 1, 19)) IS substr(received_at, 1, 19) AND julianday(received_at) IS NOT NULL AND length(received_at) IN (25, 29, 32) AND received_at GLOB '*+00:00' AND received_at NOT GLOB '*000+00:00' AND received_at NOT GLOB '*T24*'),
    -- Whose word it is: a device's, or the desk's in the technician's name.
    told_by       TEXT    NOT NULL CHECK (told_by IN ('device', 'desk', 'suspended')),
    -- What it names and nobody had on record when it was received.
    unresolved    TEXT    CHECK (unresolved IN ('language', 'text', 'understanding', 'evidence', 'work', 'landlord', 'licence')),
    data          TEXT    NOT NULL CHECK (json_valid(data) AND length(data) <= 65536)
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_by_job ON fact (job_id);
CREATE INDEX fact_by_device ON fact (technician_id, device, device_seq);
CREATE INDEX fact_work_by_technician ON fact (technician_id, device_time) WHERE kind = 'work_start';
CREATE TRIGGER fact_immutable BEFORE UPDATE ON fact BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: fact_immutable');
END;
CREATE TRIGGER fact_immutable_delete BEFORE DELETE ON fact BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: fact_immutable');
END;
CREATE TRIGGER fact_not_replaced BEFORE INSERT ON fact BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: fact_pkey') WHERE EXISTS (SELECT 1 FROM fact WHERE id = NEW.id);
END;

-- Every attempt to have an interpreter on the line (I-05, I-06), in a call or in a second three-way call from the site of a
-- job, with clocks of its own.
CREATE TABLE interpretation (
    id           BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    call_id      BLOB REFERENCES call,
    job_id       BLOB REFERENCES job,
    language     TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    interpreter  TEXT NOT NULL CHECK (length(interpreter) BETWEEN 1 AND 64),
    state        TEXT NOT NULL CHECK (state IN ('requested', 'joined', 'no_answer', 'refused', 'not_settled', 'left')),
    requested_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(requested_at, 1, 19)) IS substr(requested_at, 1, 19) AND julianday(requested_at) IS NOT NULL AND length(requested_at) IN (25, 29, 32) AND requested_at GLOB '*+00:00' AND requested_at NOT GLOB '*000+00:00' AND requested_at NOT GLOB '*T24*'),
    settled_at   TEXT CHECK (settled_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(settled_at, 1, 19)) IS substr(settled_at, 1, 19) AND julianday(settled_at) IS NOT NULL AND length(settled_at) IN (25, 29, 32) AND settled_at GLOB '*+00:00' AND settled_at NOT GLOB '*000+00:00' AND settled_at NOT GLOB '*T24*'),
    left_at      TEXT CHECK (left_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(left_at, 1, 19)) IS substr(left_at, 1, 19) AND julianday(left_at) IS NOT NULL AND length(left_at) IN (25, 29, 32) AND left_at GLOB '*+00:00' AND left_at NOT GLOB '*000+00:00' AND left_at NOT GLOB '*T24*'),
    CHECK ((call_id IS NULL) <> (job_id IS NULL)),
    CHECK ((settled_at IS NOT NULL) = (state <> 'requested')),
    CHECK ((left_at IS NOT NULL) = (state = 'left')),
    CHECK (settled_at IS NULL OR settled_at >= requested_at),
    CHECK (left_at IS NULL OR left_at >= settled_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX interpretation_by_call ON interpretation (call_id);
CREATE INDEX interpretation_by_job ON interpretation (job_id);
CREATE UNIQUE INDEX interpretation_one_at_a_time ON interpretation (call_id) WHERE state IN ('requested', 'joined');
CREATE UNIQUE INDEX interpretation_one_at_a_site ON interpretation (job_id) WHERE state IN ('requested', 'joined');
