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

-- What a firm says of a technician until the office has decided. A proposal never changes: whoever says more makes another.
CREATE TABLE technician_proposal (
    id            uuid        NOT NULL PRIMARY KEY,
    technician_id uuid        NOT NULL,
    firm_id       uuid        NOT NULL,
    proposed      text        NOT NULL CHECK (json_kind(proposed) = 'object' AND char_length(proposed) <= 65536),
    state         text        NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused', 'replaced')),
    reason        text        CHECK (reason IN ('not_employed', 'not_proven', 'wrong', 'stays_suspended', 'other')),
    made_at       timestamptz NOT NULL,
    made_by       uuid        REFERENCES token,
    decided_at    timestamptz,
    decided_by    uuid        REFERENCES token,
    FOREIGN KEY (technician_id, firm_id) REFERENCES technician (id, firm_id),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK ((state = 'refused') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX technician_proposal_one_waiting ON technician_proposal (technician_id) WHERE state = 'waiting';
CREATE INDEX technician_proposal_by_firm ON technician_proposal (firm_id, id);
CREATE INDEX technician_proposal_by_state ON technician_proposal (state, id);
CREATE TRIGGER technician_proposal_decided_once BEFORE UPDATE ON technician_proposal
    FOR EACH ROW WHEN (OLD.state <> 'waiting')
    EXECUTE FUNCTION refuse('technician_proposal_decided_once');
CREATE TRIGGER technician_proposal_fixed BEFORE UPDATE ON technician_proposal
    FOR EACH ROW WHEN ((NEW.id, NEW.technician_id, NEW.firm_id, NEW.proposed, NEW.made_at, NEW.made_by)
                       IS DISTINCT FROM (OLD.id, OLD.technician_id, OLD.firm_id, OLD.proposed, OLD.made_at, OLD.made_by))
    EXECUTE FUNCTION refuse('technician_proposal_fixed');
CREATE TRIGGER technician_proposal_never_deleted BEFORE DELETE ON technician_proposal
    FOR EACH ROW EXECUTE FUNCTION refuse('technician_proposal_never_deleted');
CREATE TRIGGER technician_proposal_never_deleted_whole BEFORE TRUNCATE ON technician_proposal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('technician_proposal_never_deleted');

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
