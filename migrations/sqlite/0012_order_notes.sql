-- The order note of an assignment: which number it has and which terms were in force (C-26). What it says about the
-- place and the resident is read anew each time it is shown, so that erasing them erases them here too.

CREATE TABLE order_note (
    assignment_id BLOB    NOT NULL PRIMARY KEY REFERENCES assignment,
    number        TEXT    NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 32),
    terms_version TEXT    NOT NULL CHECK (length(terms_version) BETWEEN 1 AND 64),
    issued_at     TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(issued_at, 1, 19)) IS substr(issued_at, 1, 19) AND julianday(issued_at) IS NOT NULL AND length(issued_at) IN (25, 29, 32) AND issued_at GLOB '*+00:00' AND issued_at NOT GLOB '*000+00:00' AND issued_at NOT GLOB '*T24*')
) STRICT, WITHOUT ROWID;
CREATE TRIGGER order_note_immutable BEFORE UPDATE ON order_note BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: order_note_immutable');
END;
CREATE TRIGGER order_note_immutable_delete BEFORE DELETE ON order_note BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: order_note_immutable');
END;
CREATE TRIGGER order_note_not_replaced BEFORE INSERT ON order_note BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: order_note_pkey')
    WHERE EXISTS (SELECT 1 FROM order_note WHERE assignment_id = NEW.assignment_id);
    SELECT RAISE(ABORT, 'kaketsuke: order_note_number_key')
    WHERE EXISTS (SELECT 1 FROM order_note WHERE number = NEW.number);
END;
