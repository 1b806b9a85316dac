-- The order note of an assignment: which number it has and which terms were in force (C-26). What it says about the
-- place and the resident is read anew each time it is shown, so that erasing them erases them here too.

CREATE TABLE order_note (
    assignment_id uuid        NOT NULL PRIMARY KEY REFERENCES assignment,
    number        text        NOT NULL UNIQUE CHECK (char_length(number) BETWEEN 1 AND 32),
    terms_version text        NOT NULL CHECK (char_length(terms_version) BETWEEN 1 AND 64),
    issued_at     timestamptz NOT NULL
);
CREATE TRIGGER order_note_immutable BEFORE UPDATE OR DELETE ON order_note
    FOR EACH ROW EXECUTE FUNCTION refuse('order_note_immutable');
CREATE TRIGGER order_note_immutable_whole BEFORE TRUNCATE ON order_note
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('order_note_immutable');
