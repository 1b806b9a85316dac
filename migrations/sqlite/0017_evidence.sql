-- Evidence from the site, who has read personal data and why (Y-02), and what retention and erasure have taken away
-- (7.2). The pictures themselves lie in a folder; a row says what was kept and the SHA-256 of it.

-- A picture. Its id is made by the device, the name of its file by the service. It is never changed; when its file is
-- erased, the row says when and why.
CREATE TABLE evidence (
    id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id        BLOB NOT NULL REFERENCES job,
    -- Whose it is; the desk's, where there is nobody.
    firm_id       BLOB REFERENCES firm,
    technician_id BLOB REFERENCES technician,
    kind          TEXT NOT NULL CHECK (kind IN ('photo_before', 'photo_after', 'meter', 'damage', 'signature', 'other')),
    media_type    TEXT NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
    bytes         INTEGER NOT NULL CHECK (bytes BETWEEN 1 AND 16777216),
    sha256        BLOB NOT NULL CHECK (length(sha256) = 32),
    file          BLOB NOT NULL UNIQUE CHECK (length(file) = 16),
    device_time   TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(device_time, 1, 19)) IS substr(device_time, 1, 19) AND julianday(device_time) IS NOT NULL AND length(device_time) IN (25, 29, 32) AND device_time GLOB '*+00:00' AND device_time NOT GLOB '*000+00:00' AND device_time NOT GLOB '*T24*'),
    received_at   TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(received_at, 1, 19)) IS substr(received_at, 1, 19) AND julianday(received_at) IS NOT NULL AND length(received_at) IN (25, 29, 32) AND received_at GLOB '*+00:00' AND received_at NOT GLOB '*000+00:00' AND received_at NOT GLOB '*T24*'),
    uploaded_by   BLOB REFERENCES token,
    erased_at     TEXT CHECK (erased_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(erased_at, 1, 19)) IS substr(erased_at, 1, 19) AND julianday(erased_at) IS NOT NULL AND length(erased_at) IN (25, 29, 32) AND erased_at GLOB '*+00:00' AND erased_at NOT GLOB '*000+00:00' AND erased_at NOT GLOB '*T24*'),
    erased_for    TEXT CHECK (erased_for IN ('retention', 'request')),
    CHECK ((erased_at IS NULL) = (erased_for IS NULL)),
    CHECK (technician_id IS NULL OR firm_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_job ON evidence (job_id, id);
CREATE INDEX evidence_by_age ON evidence (received_at) WHERE erased_at IS NULL;
CREATE TRIGGER evidence_not_replaced BEFORE INSERT ON evidence BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: evidence_pkey') WHERE EXISTS (SELECT 1 FROM evidence WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: evidence_file_key') WHERE EXISTS (SELECT 1 FROM evidence WHERE file = NEW.file);
END;
CREATE TRIGGER evidence_immutable BEFORE UPDATE ON evidence BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: evidence_immutable')
    WHERE (NEW.id, NEW.job_id, NEW.firm_id, NEW.technician_id, NEW.kind, NEW.media_type, NEW.bytes, NEW.sha256, NEW.file,
           NEW.device_time, NEW.received_at, NEW.uploaded_by)
       IS NOT (OLD.id, OLD.job_id, OLD.firm_id, OLD.technician_id, OLD.kind, OLD.media_type, OLD.bytes, OLD.sha256,
           OLD.file, OLD.device_time, OLD.received_at, OLD.uploaded_by)
       OR OLD.erased_at IS NOT NULL AND (NEW.erased_at, NEW.erased_for) IS NOT (OLD.erased_at, OLD.erased_for);
END;
CREATE TRIGGER evidence_never_deleted BEFORE DELETE ON evidence BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: evidence_immutable');
END;

-- Files that no row stands for, or soon none: uploads that were begun, and what was erased. They are deleted when due.
CREATE TABLE loose_file (
    file   BLOB NOT NULL PRIMARY KEY CHECK (length(file) = 16),
    due_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(due_at, 1, 19)) IS substr(due_at, 1, 19) AND julianday(due_at) IS NOT NULL AND length(due_at) IN (25, 29, 32) AND due_at GLOB '*+00:00' AND due_at NOT GLOB '*000+00:00' AND due_at NOT GLOB '*T24*')
) STRICT, WITHOUT ROWID;
CREATE INDEX loose_file_by_time ON loose_file (due_at);

-- Why nobody has signed at the end of a job.
CREATE TABLE signature_absence (
    job_id      BLOB NOT NULL PRIMARY KEY REFERENCES job,
    reason      TEXT NOT NULL CHECK (reason IN ('refused', 'nobody_there', 'cannot_sign', 'signed_on_paper', 'other')),
    at          TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    recorded_by BLOB REFERENCES token
) STRICT, WITHOUT ROWID;
CREATE TRIGGER signature_absence_immutable BEFORE UPDATE ON signature_absence BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: signature_absence_immutable');
END;
CREATE TRIGGER signature_absence_immutable_delete BEFORE DELETE ON signature_absence BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: signature_absence_immutable');
END;
CREATE TRIGGER signature_absence_not_replaced BEFORE INSERT ON signature_absence BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: signature_absence_pkey')
    WHERE EXISTS (SELECT 1 FROM signature_absence WHERE job_id = NEW.job_id);
END;

-- One application of the retention table: one a day. counts says what was taken away, by kind. read_log_before is the
-- promise by which rows of the read log may leave.
CREATE TABLE retention_run (
    id              BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    day             TEXT NOT NULL UNIQUE CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    begun_at        TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(begun_at, 1, 19)) IS substr(begun_at, 1, 19) AND julianday(begun_at) IS NOT NULL AND length(begun_at) IN (25, 29, 32) AND begun_at GLOB '*+00:00' AND begun_at NOT GLOB '*000+00:00' AND begun_at NOT GLOB '*T24*'),
    -- Since when a node is at it: another one takes it over when that was long ago.
    claimed_at      TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(claimed_at, 1, 19)) IS substr(claimed_at, 1, 19) AND julianday(claimed_at) IS NOT NULL AND length(claimed_at) IN (25, 29, 32) AND claimed_at GLOB '*+00:00' AND claimed_at NOT GLOB '*000+00:00' AND claimed_at NOT GLOB '*T24*'),
    finished_at     TEXT CHECK (finished_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(finished_at, 1, 19)) IS substr(finished_at, 1, 19) AND julianday(finished_at) IS NOT NULL AND length(finished_at) IN (25, 29, 32) AND finished_at GLOB '*+00:00' AND finished_at NOT GLOB '*000+00:00' AND finished_at NOT GLOB '*T24*'),
    read_log_before TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(read_log_before, 1, 19)) IS substr(read_log_before, 1, 19) AND julianday(read_log_before) IS NOT NULL AND length(read_log_before) IN (25, 29, 32) AND read_log_before GLOB '*+00:00' AND read_log_before NOT GLOB '*000+00:00' AND read_log_before NOT GLOB '*T24*'),
    counts          TEXT NOT NULL CHECK (json_valid(counts) AND length(counts) <= 4096),
    -- Whatever is configured, who has read what is known for a year.
    CHECK (julianday(read_log_before) <= julianday(begun_at) - 365)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER retention_run_not_replaced BEFORE INSERT ON retention_run BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: retention_run_pkey') WHERE EXISTS (SELECT 1 FROM retention_run WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: retention_run_day_key')
    WHERE EXISTS (SELECT 1 FROM retention_run WHERE day = NEW.day);
END;
CREATE TRIGGER retention_run_immutable BEFORE UPDATE ON retention_run BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: retention_run_immutable')
    WHERE OLD.finished_at IS NOT NULL
       OR (NEW.id, NEW.day, NEW.begun_at, NEW.read_log_before) IS NOT (OLD.id, OLD.day, OLD.begun_at, OLD.read_log_before);
END;
CREATE TRIGGER retention_run_immutable_delete BEFORE DELETE ON retention_run BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: retention_run_immutable');
END;

-- Who has read personal data, for which purpose (Y-02): one row a request. Rows leave by retention only.
CREATE TABLE read_log (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at         TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    actor      TEXT NOT NULL CHECK (length(actor) BETWEEN 1 AND 64),
    actor_id   BLOB CHECK (length(actor_id) = 16),
    route      TEXT NOT NULL CHECK (length(route) BETWEEN 1 AND 200),
    purpose    TEXT NOT NULL CHECK (purpose IN ('dispatch', 'billing', 'referral', 'insurance_claim_need_assessment',
                                                'quality')),
    subject    TEXT CHECK (length(subject) BETWEEN 1 AND 64),
    subject_id BLOB CHECK (length(subject_id) = 16),
    -- The case it belongs to, where there is one.
    case_id    BLOB CHECK (length(case_id) = 16),
    CHECK ((subject IS NULL) = (subject_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX read_log_by_age ON read_log (at);
CREATE INDEX read_log_by_actor ON read_log (actor_id, id);
CREATE INDEX read_log_by_case ON read_log (case_id, id);
CREATE INDEX read_log_by_subject ON read_log (subject_id, id);
CREATE TRIGGER read_log_immutable BEFORE UPDATE ON read_log BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: read_log_immutable');
END;
CREATE TRIGGER read_log_kept BEFORE DELETE ON read_log BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: read_log_immutable')
    WHERE NOT EXISTS (SELECT 1 FROM retention_run WHERE read_log_before > OLD.at);
END;
CREATE TRIGGER read_log_not_replaced BEFORE INSERT ON read_log BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: read_log_pkey') WHERE EXISTS (SELECT 1 FROM read_log WHERE id = NEW.id);
END;

-- Cases of which nothing is erased until somebody lifts that; the log tells who has placed and lifted it.
CREATE TABLE case_hold (
    case_id   BLOB NOT NULL PRIMARY KEY REFERENCES case_file,
    placed_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(placed_at, 1, 19)) IS substr(placed_at, 1, 19) AND julianday(placed_at) IS NOT NULL AND length(placed_at) IN (25, 29, 32) AND placed_at GLOB '*+00:00' AND placed_at NOT GLOB '*000+00:00' AND placed_at NOT GLOB '*T24*'),
    reason    TEXT NOT NULL CHECK (reason IN ('litigation', 'authority', 'insurer', 'investigation'))
) STRICT, WITHOUT ROWID;

-- Cases whose people and places are known no more.
CREATE TABLE case_erasure (
    case_id   BLOB NOT NULL PRIMARY KEY REFERENCES case_file,
    at        TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    reason    TEXT NOT NULL CHECK (reason IN ('retention', 'person_asked', 'consent_withdrawn', 'not_needed', 'unlawful')),
    erased_by BLOB REFERENCES token
) STRICT, WITHOUT ROWID;
CREATE TRIGGER case_erasure_immutable BEFORE UPDATE ON case_erasure BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: case_erasure_immutable');
END;
CREATE TRIGGER case_erasure_immutable_delete BEFORE DELETE ON case_erasure BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: case_erasure_immutable');
END;
CREATE TRIGGER case_erasure_not_replaced BEFORE INSERT ON case_erasure BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: case_erasure_pkey')
    WHERE EXISTS (SELECT 1 FROM case_erasure WHERE case_id = NEW.case_id);
END;
