-- The log. Use-cases append to event; one sequencer copies committed events into feed, where the position has no
-- gap and each row seals the one before. Readers keep a cursor on feed.pos and on nothing else: ord is given out
-- inside transactions, so a reader of ord would miss late commits.

CREATE TABLE event (
    ord        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT CHECK (ord >= 1),
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    at         TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(at, 1, 19)) IS substr(at, 1, 19) AND julianday(at) IS NOT NULL AND length(at) IN (25, 29, 32) AND at GLOB '*+00:00' AND at NOT GLOB '*000+00:00' AND at NOT GLOB '*T24*'),
    actor      TEXT    NOT NULL CHECK (length(actor) BETWEEN 1 AND 64),
    actor_id   BLOB    CHECK (length(actor_id) = 16),
    subject    TEXT    NOT NULL CHECK (length(subject) BETWEEN 1 AND 64),
    subject_id BLOB    NOT NULL CHECK (length(subject_id) = 16),
    kind       TEXT    NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    data       TEXT    NOT NULL CHECK (json_valid(data) AND length(data) <= 65536),
    -- What rows of other tables were when this transaction wrote them: [table, id, SHA-256] each.
    seals      TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(seals) AND json_type(seals) = 'array' AND length(seals) <= 1048576)
) STRICT;
CREATE INDEX event_by_subject ON event (subject_id, ord);
-- What billing has been told before of a job.
CREATE INDEX event_of_billing ON event (subject_id) WHERE kind IN ('job.settled', 'payment.recorded');
CREATE TRIGGER event_immutable BEFORE UPDATE ON event BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: event_immutable');
END;
CREATE TRIGGER event_immutable_delete BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: event_immutable');
END;
CREATE TRIGGER event_not_replaced BEFORE INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: event_pkey') WHERE EXISTS (SELECT 1 FROM event WHERE ord = NEW.ord);
    SELECT RAISE(ABORT, 'kaketsuke: event_id_key') WHERE EXISTS (SELECT 1 FROM event WHERE id = NEW.id);
END;

CREATE TABLE feed (
    pos       INTEGER NOT NULL PRIMARY KEY CHECK (pos >= 1),
    ord       INTEGER NOT NULL UNIQUE REFERENCES event,
    prev_hash BLOB    NOT NULL CHECK (length(prev_hash) = 32),
    hash      BLOB    NOT NULL CHECK (length(hash) = 32),
    -- What a reader of few events looks for; read by an index of its own.
    topic     TEXT    CHECK (topic IN ('billing'))
) STRICT;
CREATE INDEX feed_of_billing ON feed (pos) WHERE topic = 'billing';
CREATE TRIGGER feed_immutable BEFORE UPDATE ON feed BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_immutable');
END;
CREATE TRIGGER feed_immutable_delete BEFORE DELETE ON feed BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_immutable');
END;
-- A position already taken is a gap too: the only position that follows is the next one.
CREATE TRIGGER feed_follows BEFORE INSERT ON feed BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_gap')
    WHERE NEW.pos IS NOT coalesce((SELECT max(pos) FROM feed), 0) + 1;
    SELECT RAISE(ABORT, 'kaketsuke: feed_fork')
    WHERE NEW.prev_hash IS NOT coalesce((SELECT hash FROM feed ORDER BY pos DESC LIMIT 1), zeroblob(32));
    SELECT RAISE(ABORT, 'kaketsuke: feed_ord_key') WHERE EXISTS (SELECT 1 FROM feed WHERE ord = NEW.ord);
END;

-- Events not yet in the feed. Filled and emptied by the database, so that no writer can forget; a row may only leave
-- once the feed has its event.
CREATE TABLE feed_queue (
    ord INTEGER NOT NULL PRIMARY KEY REFERENCES event
) STRICT;
CREATE TRIGGER event_queued AFTER INSERT ON event BEGIN
    INSERT INTO feed_queue (ord) VALUES (NEW.ord);
END;
CREATE TRIGGER feed_queue_kept BEFORE DELETE ON feed_queue BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_queue_lost') WHERE NOT EXISTS (SELECT 1 FROM feed WHERE ord = OLD.ord);
END;
-- What has a position waits no more.
CREATE TRIGGER feed_grown AFTER INSERT ON feed BEGIN
    DELETE FROM feed_queue WHERE ord = NEW.ord;
END;
CREATE TRIGGER feed_queue_unchanged BEFORE UPDATE ON feed_queue BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_queue_lost');
END;

-- Where the feed ends, kept beside it: an end that was cut off is missed.
CREATE TABLE feed_head (
    one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    pos  INTEGER NOT NULL CHECK (pos >= 0),
    hash BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO feed_head (one, pos, hash) VALUES (1, 0, zeroblob(32));
CREATE TRIGGER feed_head_back BEFORE UPDATE ON feed_head BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_head_back') WHERE NEW.one <> OLD.one OR NEW.pos <= OLD.pos;
END;
CREATE TRIGGER feed_head_kept BEFORE DELETE ON feed_head BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_head_back');
END;
CREATE TRIGGER feed_head_not_replaced BEFORE INSERT ON feed_head BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: feed_head_back') WHERE EXISTS (SELECT 1 FROM feed_head);
END;
