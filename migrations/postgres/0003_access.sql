-- Who may do what: tokens, the consumers of the ledger, and the memory of requests already answered.

-- A consumer of the ledger. What it has acknowledged stays acknowledged: the position never goes back, and the
-- row is never deleted (that would be going back to 0). To retire one, revoke its tokens.
CREATE TABLE consumer (
    id               uuid        NOT NULL PRIMARY KEY,
    version          bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    name             text        NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 64),
    acknowledged_pos bigint      NOT NULL CHECK (acknowledged_pos >= 0),
    created_at       timestamptz NOT NULL
);
CREATE TRIGGER consumer_acknowledged_pos_back BEFORE UPDATE ON consumer
    FOR EACH ROW WHEN (NEW.acknowledged_pos < OLD.acknowledged_pos)
    EXECUTE FUNCTION refuse('consumer_acknowledged_pos_back');
CREATE TRIGGER consumer_never_deleted BEFORE DELETE ON consumer
    FOR EACH ROW EXECUTE FUNCTION refuse('consumer_never_deleted');
CREATE TRIGGER consumer_never_deleted_whole BEFORE TRUNCATE ON consumer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('consumer_never_deleted');

-- An access token: 256 random bits, of which only the SHA-256 is kept.
CREATE TABLE token (
    id            uuid        NOT NULL PRIMARY KEY,
    role          text        NOT NULL CHECK (role IN ('administrator', 'supervisor', 'dispatcher', 'firm',
                                                       'technician', 'billing', 'claims_support')),
    name          text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    firm_id       uuid        REFERENCES firm,
    technician_id uuid        REFERENCES technician,
    consumer_id   uuid        REFERENCES consumer,
    secret_sha256 bytea       NOT NULL UNIQUE CHECK (octet_length(secret_sha256) = 32),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz,
    revoked_at    timestamptz,
    CHECK ((firm_id IS NOT NULL) = (role IN ('firm', 'technician'))),
    CHECK ((technician_id IS NOT NULL) = (role = 'technician')),
    CHECK ((consumer_id IS NOT NULL) = (role = 'billing'))
);
-- Moving a revocation into the future would be unsetting it.
CREATE TRIGGER token_revoked_for_good BEFORE UPDATE ON token
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL
                       AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at))
    EXECUTE FUNCTION refuse('token_revoked_for_good');

-- Answers to requests that carried an Idempotency-Key. outcome is NULL while the request is under way.
CREATE TABLE idempotency (
    principal   uuid        NOT NULL,
    key         text        NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
    fingerprint bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    outcome     text        CHECK (json_kind(outcome) <> '' AND char_length(outcome) <= 1048576),
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);
