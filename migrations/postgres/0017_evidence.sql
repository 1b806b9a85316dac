-- Evidence from the site, who has read personal data and why (Y-02), and what retention and erasure have taken away
-- (7.2). The pictures themselves lie in a folder; a row says what was kept and the SHA-256 of it.

-- A picture. Its id is made by the device, the name of its file by the service. It is never changed; when its file is
-- erased, the row says when and why.
CREATE TABLE evidence (
    id            uuid        NOT NULL PRIMARY KEY,
    job_id        uuid        NOT NULL REFERENCES job,
    -- Whose it is; the desk's, where there is nobody.
    firm_id       uuid        REFERENCES firm,
    technician_id uuid        REFERENCES technician,
    kind          text        NOT NULL CHECK (kind IN ('photo_before', 'photo_after', 'meter', 'damage', 'signature', 'other')),
    media_type    text        NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
    bytes         bigint      NOT NULL CHECK (bytes BETWEEN 1 AND 16777216),
    sha256        bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    file          uuid        NOT NULL UNIQUE,
    device_time   timestamptz NOT NULL,
    received_at   timestamptz NOT NULL,
    uploaded_by   uuid        REFERENCES token,
    erased_at     timestamptz,
    erased_for    text        CHECK (erased_for IN ('retention', 'request')),
    CHECK ((erased_at IS NULL) = (erased_for IS NULL)),
    CHECK (technician_id IS NULL OR firm_id IS NOT NULL)
);
CREATE INDEX evidence_by_job ON evidence (job_id, id);
CREATE INDEX evidence_by_age ON evidence (received_at) WHERE erased_at IS NULL;
CREATE TRIGGER evidence_immutable BEFORE UPDATE ON evidence FOR EACH ROW
    WHEN ((NEW.id, NEW.job_id, NEW.firm_id, NEW.technician_id, NEW.kind, NEW.media_type, NEW.bytes, NEW.sha256, NEW.file,
           NEW.device_time, NEW.received_at, NEW.uploaded_by)
       IS DISTINCT FROM (OLD.id, OLD.job_id, OLD.firm_id, OLD.technician_id, OLD.kind, OLD.media_type, OLD.bytes,
           OLD.sha256, OLD.file, OLD.device_time, OLD.received_at, OLD.uploaded_by)
       OR OLD.erased_at IS NOT NULL
          AND (NEW.erased_at, NEW.erased_for) IS DISTINCT FROM (OLD.erased_at, OLD.erased_for))
    EXECUTE FUNCTION refuse('evidence_immutable');
CREATE TRIGGER evidence_never_deleted BEFORE DELETE ON evidence
    FOR EACH ROW EXECUTE FUNCTION refuse('evidence_immutable');
CREATE TRIGGER evidence_never_deleted_whole BEFORE TRUNCATE ON evidence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('evidence_immutable');

-- Files that no row stands for, or soon none: uploads that were begun, and what was erased. They are deleted when due.
CREATE TABLE loose_file (
    file   uuid        NOT NULL PRIMARY KEY,
    due_at timestamptz NOT NULL
);
CREATE INDEX loose_file_by_time ON loose_file (due_at);

-- Why nobody has signed at the end of a job.
CREATE TABLE signature_absence (
    job_id      uuid        NOT NULL PRIMARY KEY REFERENCES job,
    reason      text        NOT NULL CHECK (reason IN ('refused', 'nobody_there', 'cannot_sign', 'signed_on_paper', 'other')),
    at          timestamptz NOT NULL,
    recorded_by uuid        REFERENCES token
);
CREATE TRIGGER signature_absence_immutable BEFORE UPDATE OR DELETE ON signature_absence
    FOR EACH ROW EXECUTE FUNCTION refuse('signature_absence_immutable');
CREATE TRIGGER signature_absence_immutable_whole BEFORE TRUNCATE ON signature_absence
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('signature_absence_immutable');

-- One application of the retention table: one a day. counts says what was taken away, by kind. read_log_before is the
-- promise by which rows of the read log may leave.
CREATE TABLE retention_run (
    id              uuid        NOT NULL PRIMARY KEY,
    day             text        NOT NULL UNIQUE CHECK (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    begun_at        timestamptz NOT NULL,
    -- Since when a node is at it: another one takes it over when that was long ago.
    claimed_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    read_log_before timestamptz NOT NULL,
    counts          text        NOT NULL CHECK (json_kind(counts) <> '' AND char_length(counts) <= 4096),
    -- Whatever is configured, who has read what is known for a year.
    CHECK (read_log_before <= begun_at - interval '8760 hours')
);
CREATE TRIGGER retention_run_immutable BEFORE UPDATE ON retention_run FOR EACH ROW
    WHEN (OLD.finished_at IS NOT NULL
       OR (NEW.id, NEW.day, NEW.begun_at, NEW.read_log_before)
          IS DISTINCT FROM (OLD.id, OLD.day, OLD.begun_at, OLD.read_log_before))
    EXECUTE FUNCTION refuse('retention_run_immutable');
CREATE TRIGGER retention_run_immutable_delete BEFORE DELETE ON retention_run
    FOR EACH ROW EXECUTE FUNCTION refuse('retention_run_immutable');
CREATE TRIGGER retention_run_immutable_whole BEFORE TRUNCATE ON retention_run
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('retention_run_immutable');

-- Who has read personal data, for which purpose (Y-02): one row a request. Rows leave by retention only.
CREATE TABLE read_log (
    id         uuid        NOT NULL PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor      text        NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 64),
    actor_id   uuid,
    route      text        NOT NULL CHECK (char_length(route) BETWEEN 1 AND 200),
    purpose    text        NOT NULL CHECK (purpose IN ('dispatch', 'billing', 'referral', 'insurance_claim_need_assessment',
                                                       'quality')),
    subject    text        CHECK (char_length(subject) BETWEEN 1 AND 64),
    subject_id uuid,
    -- The case it belongs to, where there is one.
    case_id    uuid,
    CHECK ((subject IS NULL) = (subject_id IS NULL))
);
CREATE INDEX read_log_by_age ON read_log (at);
CREATE INDEX read_log_by_actor ON read_log (actor_id, id);
CREATE INDEX read_log_by_case ON read_log (case_id, id);
CREATE INDEX read_log_by_subject ON read_log (subject_id, id);
CREATE TRIGGER read_log_immutable BEFORE UPDATE ON read_log
    FOR EACH ROW EXECUTE FUNCTION refuse('read_log_immutable');
CREATE TRIGGER read_log_immutable_whole BEFORE TRUNCATE ON read_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('read_log_immutable');

CREATE FUNCTION read_log_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM retention_run WHERE read_log_before > OLD.at) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: read_log_immutable';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER read_log_kept BEFORE DELETE ON read_log FOR EACH ROW EXECUTE FUNCTION read_log_kept();

-- Cases of which nothing is erased until somebody lifts that; the log tells who has placed and lifted it.
CREATE TABLE case_hold (
    case_id   uuid NOT NULL PRIMARY KEY REFERENCES case_file,
    placed_at timestamptz NOT NULL,
    reason    text NOT NULL CHECK (reason IN ('litigation', 'authority', 'insurer', 'investigation'))
);

-- Cases whose people and places are known no more.
CREATE TABLE case_erasure (
    case_id   uuid        NOT NULL PRIMARY KEY REFERENCES case_file,
    at        timestamptz NOT NULL,
    reason    text        NOT NULL CHECK (reason IN ('retention', 'person_asked', 'consent_withdrawn', 'not_needed', 'unlawful')),
    erased_by uuid        REFERENCES token
);
CREATE TRIGGER case_erasure_immutable BEFORE UPDATE OR DELETE ON case_erasure
    FOR EACH ROW EXECUTE FUNCTION refuse('case_erasure_immutable');
CREATE TRIGGER case_erasure_immutable_whole BEFORE TRUNCATE ON case_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('case_erasure_immutable');
