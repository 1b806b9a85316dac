-- When the ladder looks at a job again. A job that waits for somebody always has such an instant: never silence.
ALTER TABLE job ADD COLUMN wake_at TEXT
    CHECK (length(wake_at) IN (25, 29, 32) AND wake_at GLOB '????-??-??T??:??:??*+00:00' AND wake_at NOT GLOB '*000+00:00' AND julianday(wake_at) IS NOT NULL)
    CHECK (wake_at IS NOT NULL OR hold_reason IS NOT NULL OR state NOT IN ('unassigned', 'offered'));
CREATE INDEX job_by_wake ON job (wake_at) WHERE wake_at IS NOT NULL;
