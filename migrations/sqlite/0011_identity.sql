-- How the identity will be checked before a door is opened (S-01 to S-04). Results only, never a number.
CREATE TABLE identity_plan (
    job_id     BLOB NOT NULL REFERENCES job,
    number     INTEGER NOT NULL CHECK (number >= 1),
    method     TEXT NOT NULL CHECK (method IN ('card_on_person', 'host_or_landlord_call_back', 'police_present',
                                               'check_inside', 'none')),
    -- Why the methods before it are not possible: codes only.
    impossible TEXT NOT NULL CHECK (json_valid(impossible) AND length(impossible) <= 4096),
    planned_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(planned_at, 1, 19)) IS substr(planned_at, 1, 19) AND julianday(planned_at) IS NOT NULL AND length(planned_at) IN (25, 29, 32) AND planned_at GLOB '*+00:00' AND planned_at NOT GLOB '*000+00:00' AND planned_at NOT GLOB '*T24*'),
    planned_by BLOB REFERENCES token,
    PRIMARY KEY (job_id, number)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER identity_plan_immutable BEFORE UPDATE ON identity_plan BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: identity_plan_immutable');
END;
CREATE TRIGGER identity_plan_immutable_delete BEFORE DELETE ON identity_plan BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: identity_plan_immutable');
END;
CREATE TRIGGER identity_plan_not_replaced BEFORE INSERT ON identity_plan BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: identity_plan_pkey')
    WHERE EXISTS (SELECT 1 FROM identity_plan WHERE job_id = NEW.job_id AND number = NEW.number);
END;
