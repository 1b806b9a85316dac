-- Who may do what: tokens, the consumers of the ledger, and the memory of requests already answered.

-- A consumer of the ledger. What it has acknowledged stays acknowledged: the position never goes back, and the
-- row is never deleted (that would be going back to 0). To retire one, revoke its tokens.
CREATE TABLE consumer (
    id               BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version          INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    name             TEXT    NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    acknowledged_pos INTEGER NOT NULL CHECK (acknowledged_pos >= 0),
    created_at       TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*')
) STRICT, WITHOUT ROWID;
CREATE TRIGGER consumer_not_replaced BEFORE INSERT ON consumer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: consumer_pkey') WHERE EXISTS (SELECT 1 FROM consumer WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: consumer_name_key')
    WHERE EXISTS (SELECT 1 FROM consumer WHERE name = NEW.name);
END;
CREATE TRIGGER consumer_acknowledged_pos_back BEFORE UPDATE ON consumer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: consumer_acknowledged_pos_back')
    WHERE NEW.acknowledged_pos < OLD.acknowledged_pos;
    SELECT RAISE(ABORT, 'kaketsuke: consumer_pkey')
    WHERE EXISTS (SELECT 1 FROM consumer WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: consumer_name_key')
    WHERE EXISTS (SELECT 1 FROM consumer WHERE name = NEW.name AND id <> OLD.id);
END;
CREATE TRIGGER consumer_never_deleted BEFORE DELETE ON consumer BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: consumer_never_deleted');
END;

-- An access token: 256 random bits, of which only the SHA-256 is kept.
CREATE TABLE token (
    id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'supervisor', 'dispatcher', 'firm',
                                                'technician', 'billing', 'claims_support')),
    name          TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    firm_id       BLOB REFERENCES firm,
    technician_id BLOB REFERENCES technician,
    consumer_id   BLOB REFERENCES consumer,
    secret_sha256 BLOB NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    created_at    TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    expires_at    TEXT CHECK (expires_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19)) IS substr(expires_at, 1, 19) AND julianday(expires_at) IS NOT NULL AND length(expires_at) IN (25, 29, 32) AND expires_at GLOB '*+00:00' AND expires_at NOT GLOB '*000+00:00' AND expires_at NOT GLOB '*T24*'),
    revoked_at    TEXT CHECK (revoked_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(revoked_at, 1, 19)) IS substr(revoked_at, 1, 19) AND julianday(revoked_at) IS NOT NULL AND length(revoked_at) IN (25, 29, 32) AND revoked_at GLOB '*+00:00' AND revoked_at NOT GLOB '*000+00:00' AND revoked_at NOT GLOB '*T24*'),
    CHECK ((firm_id IS NOT NULL) = (role IN ('firm', 'technician'))),
    CHECK ((technician_id IS NOT NULL) = (role = 'technician')),
    CHECK ((consumer_id IS NOT NULL) = (role = 'billing'))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER token_not_replaced BEFORE INSERT ON token BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: token_pkey') WHERE EXISTS (SELECT 1 FROM token WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: token_secret_sha256_key')
    WHERE EXISTS (SELECT 1 FROM token WHERE secret_sha256 = NEW.secret_sha256);
END;
-- Moving a revocation into the future would be unsetting it.
CREATE TRIGGER token_revoked_for_good BEFORE UPDATE ON token BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: token_revoked_for_good')
    WHERE OLD.revoked_at IS NOT NULL AND (NEW.revoked_at IS NULL OR NEW.revoked_at > OLD.revoked_at);
    SELECT RAISE(ABORT, 'kaketsuke: token_pkey')
    WHERE EXISTS (SELECT 1 FROM token WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: token_secret_sha256_key')
    WHERE EXISTS (SELECT 1 FROM token WHERE secret_sha256 = NEW.secret_sha256 AND id <> OLD.id);
END;

-- What a firm says of a technician until the office has decided. A proposal never changes: whoever says more makes another.
CREATE TABLE technician_proposal (
    id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    technician_id BLOB NOT NULL,
    firm_id       BLOB NOT NULL,
    proposed      TEXT NOT NULL CHECK (iif(json_valid(proposed), json_type(proposed), '') = 'object' AND length(proposed) <= 65536),
    state         TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused', 'replaced')),
    reason        TEXT CHECK (reason IN ('not_employed', 'not_proven', 'wrong', 'stays_suspended', 'other')),
    made_at       TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(made_at, 1, 19)) IS substr(made_at, 1, 19) AND julianday(made_at) IS NOT NULL AND length(made_at) IN (25, 29, 32) AND made_at GLOB '*+00:00' AND made_at NOT GLOB '*000+00:00' AND made_at NOT GLOB '*T24*'),
    made_by       BLOB REFERENCES token,
    decided_at    TEXT CHECK (decided_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(decided_at, 1, 19)) IS substr(decided_at, 1, 19) AND julianday(decided_at) IS NOT NULL AND length(decided_at) IN (25, 29, 32) AND decided_at GLOB '*+00:00' AND decided_at NOT GLOB '*000+00:00' AND decided_at NOT GLOB '*T24*'),
    decided_by    BLOB REFERENCES token,
    FOREIGN KEY (technician_id, firm_id) REFERENCES technician (id, firm_id),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK ((state = 'refused') = (reason IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX technician_proposal_one_waiting ON technician_proposal (technician_id) WHERE state = 'waiting';
CREATE INDEX technician_proposal_by_firm ON technician_proposal (firm_id, id);
CREATE INDEX technician_proposal_by_state ON technician_proposal (state, id);
CREATE TRIGGER technician_proposal_not_replaced BEFORE INSERT ON technician_proposal BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: technician_proposal_pkey')
    WHERE EXISTS (SELECT 1 FROM technician_proposal WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: technician_proposal_one_waiting')
    WHERE NEW.state = 'waiting' AND EXISTS (SELECT 1 FROM technician_proposal
                                            WHERE technician_id = NEW.technician_id AND state = 'waiting');
END;
CREATE TRIGGER technician_proposal_decided_once BEFORE UPDATE ON technician_proposal BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: technician_proposal_decided_once') WHERE OLD.state <> 'waiting';
    SELECT RAISE(ABORT, 'kaketsuke: technician_proposal_fixed')
    WHERE (NEW.id, NEW.technician_id, NEW.firm_id, NEW.proposed, NEW.made_at, NEW.made_by)
       IS NOT (OLD.id, OLD.technician_id, OLD.firm_id, OLD.proposed, OLD.made_at, OLD.made_by);
END;
CREATE TRIGGER technician_proposal_never_deleted BEFORE DELETE ON technician_proposal BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: technician_proposal_never_deleted');
END;

-- Answers to requests that carried an Idempotency-Key. outcome is NULL while the request is under way.
CREATE TABLE idempotency (
    principal   BLOB NOT NULL CHECK (length(principal) = 16),
    key         TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    outcome     TEXT CHECK (json_valid(outcome) AND length(outcome) <= 1048576),
    created_at  TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);
