-- How the identity will be checked before a door is opened (S-01 to S-04). Results only, never a number.
CREATE TABLE identity_plan (
    job_id     uuid NOT NULL REFERENCES job,
    number     bigint NOT NULL CHECK (number >= 1),
    method     text NOT NULL CHECK (method IN ('card_on_person', 'host_or_landlord_call_back', 'police_present',
                                               'check_inside', 'none')),
    -- Why the methods before it are not possible: codes only.
    impossible text NOT NULL CHECK (json_kind(impossible) <> '' AND char_length(impossible) <= 4096),
    planned_at timestamptz NOT NULL,
    planned_by uuid REFERENCES token,
    PRIMARY KEY (job_id, number)
);
CREATE TRIGGER identity_plan_immutable BEFORE UPDATE OR DELETE ON identity_plan
    FOR EACH ROW EXECUTE FUNCTION refuse('identity_plan_immutable');
CREATE TRIGGER identity_plan_immutable_whole BEFORE TRUNCATE ON identity_plan
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('identity_plan_immutable');
