-- Messages: what happened, told to those who asked for it. A reader of the feed makes one message for each receiver
-- and position; a sender tries each until it has arrived, or has been tried often enough and is dead. No message holds
-- what it says: that is written anew from the event at each attempt, so that nothing personal is kept here.

-- Where what happened is sent by HTTP. A firm's own one hears of that firm only. A deleted one stays as a name of its
-- messages; its secrets are gone.
CREATE TABLE webhook (
    id         BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version    INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id    BLOB REFERENCES firm,
    url        TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    kinds      TEXT NOT NULL CHECK (iif(json_valid(kinds), json_type(kinds), '') = 'array' AND length(kinds) <= 8192),
    state      TEXT NOT NULL CHECK (state IN ('active', 'paused', 'failing', 'deleted')),
    -- Attempts that failed since the last one that did not.
    failures   INTEGER NOT NULL CHECK (failures >= 0),
    created_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*')
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_by_firm ON webhook (firm_id);

-- What its messages are signed with. It must be read again to sign, so it is kept as it is; one counts from its making
-- until another takes over, and for a while beyond.
CREATE TABLE webhook_secret (
    webhook_id BLOB NOT NULL REFERENCES webhook,
    number     INTEGER NOT NULL CHECK (number >= 1),
    secret     BLOB NOT NULL CHECK (length(secret) = 32),
    created_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    expires_at TEXT CHECK (expires_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19)) IS substr(expires_at, 1, 19) AND julianday(expires_at) IS NOT NULL AND length(expires_at) IN (25, 29, 32) AND expires_at GLOB '*+00:00' AND expires_at NOT GLOB '*000+00:00' AND expires_at NOT GLOB '*T24*'),
    PRIMARY KEY (webhook_id, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX webhook_secret_one_current ON webhook_secret (webhook_id) WHERE expires_at IS NULL;

-- How far the feed has been turned into messages. Never goes back: what has been sent would be sent again.
CREATE TABLE message_cursor (
    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
    pos  INTEGER NOT NULL CHECK (pos >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO message_cursor (name, pos) VALUES ('messages', 0);

-- One message to one receiver. A pending one has an instant at which it is tried next; while it is being tried, the
-- instant at which somebody else may take it over. attempts_before are those of before it was replayed.
CREATE TABLE message (
    id              BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    channel         TEXT NOT NULL CHECK (channel IN ('webhook', 'email')),
    receiver        BLOB NOT NULL CHECK (length(receiver) = 16),
    webhook_id      BLOB REFERENCES webhook,
    firm_id         BLOB REFERENCES firm,
    referral_id     BLOB REFERENCES referral,
    pos             INTEGER NOT NULL REFERENCES feed,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'dropped')),
    attempts        INTEGER NOT NULL CHECK (attempts >= 0),
    attempts_before INTEGER NOT NULL CHECK (attempts_before >= 0),
    next_at         TEXT CHECK (next_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(next_at, 1, 19)) IS substr(next_at, 1, 19) AND julianday(next_at) IS NOT NULL AND length(next_at) IN (25, 29, 32) AND next_at GLOB '*+00:00' AND next_at NOT GLOB '*000+00:00' AND next_at NOT GLOB '*T24*'),
    created_at      TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    settled_at      TEXT CHECK (settled_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(settled_at, 1, 19)) IS substr(settled_at, 1, 19) AND julianday(settled_at) IS NOT NULL AND length(settled_at) IN (25, 29, 32) AND settled_at GLOB '*+00:00' AND settled_at NOT GLOB '*000+00:00' AND settled_at NOT GLOB '*T24*'),
    UNIQUE (receiver, pos),
    -- Of the three at most one; whoever keeps the head of the log has no row.
    CHECK (receiver = coalesce(webhook_id, firm_id, referral_id, x'00000000000000000000000000000001')),
    CHECK ((webhook_id IS NULL AND firm_id IS NULL)
        OR (webhook_id IS NULL AND referral_id IS NULL)
        OR (firm_id IS NULL AND referral_id IS NULL)),
    CHECK ((channel = 'webhook') = (webhook_id IS NOT NULL)),
    CHECK ((next_at IS NOT NULL) = (state = 'pending')),
    CHECK ((settled_at IS NULL) = (state = 'pending'))
) STRICT, WITHOUT ROWID;
CREATE INDEX message_due ON message (receiver, next_at) WHERE state = 'pending';
CREATE INDEX message_by_receiver ON message (receiver, id);
CREATE INDEX message_by_state ON message (state, id);
CREATE INDEX message_over ON message (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX message_by_pos ON message (pos);

-- What became of each attempt: a code and the status that was answered, never what was answered.
CREATE TABLE message_attempt (
    message_id BLOB NOT NULL REFERENCES message,
    number     INTEGER NOT NULL CHECK (number >= 1),
    at         TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    code       TEXT NOT NULL CHECK (code IN ('delivered', 'status', 'gone', 'timeout', 'unreachable', 'receiver_refused', 'rejected', 'deferred', 'not_configured', 'failed')),
    status     INTEGER CHECK (status BETWEEN 100 AND 599),
    PRIMARY KEY (message_id, number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER message_cursor_back BEFORE UPDATE ON message_cursor BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_cursor_back') WHERE NEW.pos < OLD.pos OR NEW.name <> OLD.name;
END;
CREATE TRIGGER message_cursor_kept BEFORE DELETE ON message_cursor BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_cursor_back');
END;
CREATE TRIGGER message_cursor_not_replaced BEFORE INSERT ON message_cursor BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_cursor_pkey')
    WHERE EXISTS (SELECT 1 FROM message_cursor WHERE name = NEW.name);
END;
-- What has arrived stays arrived, and a message stays that of its receiver and position.
CREATE TRIGGER message_settled BEFORE UPDATE ON message BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_settled')
    WHERE OLD.state IN ('sent', 'dropped') OR NEW.id <> OLD.id OR NEW.receiver <> OLD.receiver OR NEW.pos <> OLD.pos
       OR NEW.attempts < OLD.attempts;
END;
CREATE TRIGGER message_not_replaced BEFORE INSERT ON message BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_pkey') WHERE EXISTS (SELECT 1 FROM message WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: message_receiver_pos_key')
    WHERE EXISTS (SELECT 1 FROM message WHERE receiver = NEW.receiver AND pos = NEW.pos);
END;
CREATE TRIGGER message_attempt_immutable BEFORE UPDATE ON message_attempt BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_attempt_immutable');
END;
CREATE TRIGGER message_attempt_not_replaced BEFORE INSERT ON message_attempt BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: message_attempt_pkey')
    WHERE EXISTS (SELECT 1 FROM message_attempt WHERE message_id = NEW.message_id AND number = NEW.number);
END;
