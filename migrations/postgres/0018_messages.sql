-- Messages: what happened, told to those who asked for it. A reader of the feed makes one message for each receiver
-- and position; a sender tries each until it has arrived, or has been tried often enough and is dead. No message holds
-- what it says: that is written anew from the event at each attempt, so that nothing personal is kept here.

-- Where what happened is sent by HTTP. A firm's own one hears of that firm only. A deleted one stays as a name of its
-- messages; its secrets are gone.
CREATE TABLE webhook (
    id         uuid NOT NULL PRIMARY KEY,
    version    bigint NOT NULL DEFAULT 1 CHECK (version >= 1),
    firm_id    uuid REFERENCES firm,
    url        text NOT NULL CHECK (char_length(url) BETWEEN 1 AND 2048),
    kinds      text NOT NULL CHECK (json_kind(kinds) = 'array' AND char_length(kinds) <= 8192),
    state      text NOT NULL CHECK (state IN ('active', 'paused', 'failing', 'deleted')),
    -- Attempts that failed since the last one that did not.
    failures   bigint NOT NULL CHECK (failures >= 0),
    created_at timestamptz NOT NULL
);
CREATE INDEX webhook_by_firm ON webhook (firm_id);

-- What its messages are signed with. It must be read again to sign, so it is kept as it is; one counts from its making
-- until another takes over, and for a while beyond.
CREATE TABLE webhook_secret (
    webhook_id uuid NOT NULL REFERENCES webhook,
    number     bigint NOT NULL CHECK (number >= 1),
    secret     bytea NOT NULL CHECK (octet_length(secret) = 32),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (webhook_id, number)
);
CREATE UNIQUE INDEX webhook_secret_one_current ON webhook_secret (webhook_id) WHERE expires_at IS NULL;

-- How far the feed has been turned into messages. Never goes back: what has been sent would be sent again.
CREATE TABLE message_cursor (
    name text NOT NULL PRIMARY KEY CHECK (char_length(name) BETWEEN 1 AND 64),
    pos  bigint NOT NULL CHECK (pos >= 0)
);
INSERT INTO message_cursor (name, pos) VALUES ('messages', 0);

-- One message to one receiver. A pending one has an instant at which it is tried next; while it is being tried, the
-- instant at which somebody else may take it over. attempts_before are those of before it was replayed.
CREATE TABLE message (
    id              uuid NOT NULL PRIMARY KEY,
    channel         text NOT NULL CHECK (channel IN ('webhook', 'email')),
    receiver        uuid NOT NULL,
    webhook_id      uuid REFERENCES webhook,
    firm_id         uuid REFERENCES firm,
    referral_id     uuid REFERENCES referral,
    pos             bigint NOT NULL REFERENCES feed,
    state           text NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'dropped')),
    attempts        bigint NOT NULL CHECK (attempts >= 0),
    attempts_before bigint NOT NULL CHECK (attempts_before >= 0),
    next_at         timestamptz,
    created_at      timestamptz NOT NULL,
    settled_at      timestamptz,
    UNIQUE (receiver, pos),
    -- Of the three at most one; whoever keeps the head of the log has no row.
    CHECK (receiver = coalesce(webhook_id, firm_id, referral_id, '00000000-0000-0000-0000-000000000001')),
    CHECK ((webhook_id IS NULL AND firm_id IS NULL)
        OR (webhook_id IS NULL AND referral_id IS NULL)
        OR (firm_id IS NULL AND referral_id IS NULL)),
    CHECK ((channel = 'webhook') = (webhook_id IS NOT NULL)),
    CHECK ((next_at IS NOT NULL) = (state = 'pending')),
    CHECK ((settled_at IS NULL) = (state = 'pending'))
);
CREATE INDEX message_due ON message (receiver, next_at) WHERE state = 'pending';
CREATE INDEX message_by_receiver ON message (receiver, id);
CREATE INDEX message_by_state ON message (state, id);
CREATE INDEX message_over ON message (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX message_by_pos ON message (pos);

-- What became of each attempt: a code and the status that was answered, never what was answered.
CREATE TABLE message_attempt (
    message_id uuid NOT NULL REFERENCES message,
    number     bigint NOT NULL CHECK (number >= 1),
    at         timestamptz NOT NULL,
    code       text NOT NULL CHECK (code IN ('delivered', 'status', 'gone', 'timeout', 'unreachable', 'receiver_refused', 'rejected', 'deferred', 'not_configured', 'failed')),
    status     bigint CHECK (status BETWEEN 100 AND 599),
    PRIMARY KEY (message_id, number)
);

CREATE FUNCTION message_cursor_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.pos < OLD.pos OR NEW.name <> OLD.name THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: message_cursor_back';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER message_cursor_back BEFORE UPDATE ON message_cursor
    FOR EACH ROW EXECUTE FUNCTION message_cursor_back();
CREATE TRIGGER message_cursor_kept BEFORE DELETE ON message_cursor
    FOR EACH ROW EXECUTE FUNCTION refuse('message_cursor_back');
CREATE TRIGGER message_cursor_kept_whole BEFORE TRUNCATE ON message_cursor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('message_cursor_back');

-- What has arrived stays arrived, and a message stays that of its receiver and position.
CREATE FUNCTION message_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('sent', 'dropped') OR NEW.id <> OLD.id OR NEW.receiver <> OLD.receiver OR NEW.pos <> OLD.pos
       OR NEW.attempts < OLD.attempts THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: message_settled';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER message_settled BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION message_settled();
CREATE TRIGGER message_attempt_immutable BEFORE UPDATE ON message_attempt
    FOR EACH ROW EXECUTE FUNCTION refuse('message_attempt_immutable');
