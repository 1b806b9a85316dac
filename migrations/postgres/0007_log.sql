-- The log. Use-cases append to event; one sequencer copies committed events into feed, where the position has no
-- gap and each row seals the one before. Readers keep a cursor on feed.pos and on nothing else: ord is given out
-- inside transactions, so a reader of ord would miss late commits.

CREATE TABLE event (
    ord        bigint      NOT NULL PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    id         uuid        NOT NULL UNIQUE,
    at         timestamptz NOT NULL,
    actor      text        NOT NULL CHECK (char_length(actor) BETWEEN 1 AND 64),
    actor_id   uuid,
    subject    text        NOT NULL CHECK (char_length(subject) BETWEEN 1 AND 64),
    subject_id uuid        NOT NULL,
    kind       text        NOT NULL CHECK (char_length(kind) BETWEEN 1 AND 64),
    data       text        NOT NULL CHECK (json_kind(data) <> '' AND char_length(data) <= 65536),
    -- What rows of other tables were when this transaction wrote them: [table, id, SHA-256] each.
    seals      text        NOT NULL DEFAULT '[]' CHECK (json_kind(seals) = 'array' AND char_length(seals) <= 1048576)
);
CREATE INDEX event_by_subject ON event (subject_id, ord);
-- What billing has been told before of a job.
CREATE INDEX event_of_billing ON event (subject_id) WHERE kind IN ('job.settled', 'payment.recorded');
CREATE TRIGGER event_immutable BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse('event_immutable');
CREATE TRIGGER event_immutable_whole BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('event_immutable');

CREATE TABLE feed (
    pos       bigint NOT NULL PRIMARY KEY CHECK (pos >= 1),
    ord       bigint NOT NULL UNIQUE REFERENCES event,
    prev_hash bytea  NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash      bytea  NOT NULL CHECK (octet_length(hash) = 32),
    -- What a reader of few events looks for; read by an index of its own.
    topic     text   CHECK (topic IN ('billing'))
);
CREATE INDEX feed_of_billing ON feed (pos) WHERE topic = 'billing';
CREATE TRIGGER feed_immutable BEFORE UPDATE OR DELETE ON feed
    FOR EACH ROW EXECUTE FUNCTION refuse('feed_immutable');
CREATE TRIGGER feed_immutable_whole BEFORE TRUNCATE ON feed
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('feed_immutable');

-- Two sequencers at once: the second sees the same last position, and the primary key lets one of them through.
CREATE FUNCTION feed_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_pos  bigint;
    last_hash bytea;
BEGIN
    SELECT pos, hash INTO last_pos, last_hash FROM feed ORDER BY pos DESC LIMIT 1;
    IF NEW.pos IS DISTINCT FROM coalesce(last_pos, 0) + 1 THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: feed_gap';
    END IF;
    IF NEW.prev_hash IS DISTINCT FROM coalesce(last_hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: feed_fork';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER feed_follows BEFORE INSERT ON feed FOR EACH ROW EXECUTE FUNCTION feed_follows();

-- Events not yet in the feed. Filled and emptied by the database, so that no writer can forget; a row may only leave
-- once the feed has its event.
CREATE TABLE feed_queue (
    ord bigint NOT NULL PRIMARY KEY REFERENCES event
);

CREATE FUNCTION event_queued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO feed_queue (ord) VALUES (NEW.ord);
    RETURN NULL;
END
$$;
CREATE TRIGGER event_queued AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_queued();

CREATE FUNCTION feed_queue_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM feed WHERE ord = OLD.ord) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: feed_queue_lost';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER feed_queue_kept BEFORE DELETE ON feed_queue FOR EACH ROW EXECUTE FUNCTION feed_queue_kept();
-- What has a position waits no more, and every node hears of it.
CREATE FUNCTION feed_grown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM feed_queue WHERE ord IN (SELECT ord FROM grown);
    PERFORM pg_notify('kaketsuke_feed', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER feed_grown AFTER INSERT ON feed REFERENCING NEW TABLE AS grown
    FOR EACH STATEMENT EXECUTE FUNCTION feed_grown();
CREATE TRIGGER feed_queue_unchanged BEFORE UPDATE ON feed_queue
    FOR EACH ROW EXECUTE FUNCTION refuse('feed_queue_lost');
CREATE TRIGGER feed_queue_kept_whole BEFORE TRUNCATE ON feed_queue
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('feed_queue_lost');

-- Where the feed ends, kept beside it: an end that was cut off is missed.
CREATE TABLE feed_head (
    one  bigint NOT NULL PRIMARY KEY CHECK (one = 1),
    pos  bigint NOT NULL CHECK (pos >= 0),
    hash bytea  NOT NULL CHECK (octet_length(hash) = 32)
);
INSERT INTO feed_head (one, pos, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
CREATE TRIGGER feed_head_back BEFORE UPDATE ON feed_head
    FOR EACH ROW WHEN (NEW.one <> OLD.one OR NEW.pos <= OLD.pos) EXECUTE FUNCTION refuse('feed_head_back');
CREATE TRIGGER feed_head_kept BEFORE DELETE ON feed_head
    FOR EACH ROW EXECUTE FUNCTION refuse('feed_head_back');
CREATE TRIGGER feed_head_kept_whole BEFORE TRUNCATE ON feed_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('feed_head_back');
