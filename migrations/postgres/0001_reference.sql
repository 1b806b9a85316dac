-- Reference data, and what every later file builds on. Same tables and columns as ../sqlite/0001_reference.sql.
--
-- Conventions: instants are timestamptz and always bound (no now(), no defaults: the clock is injected);
-- lengths are in characters, bytea in bytes; lat_e6 and lon_e6 are microdegrees; *_m is metres, *_yen whole yen.
-- JSON is kept as text so that it stays the same to the byte (hashes, replays).
-- A refusal by trigger reads 'kaketsuke: <code>' with SQLSTATE 23514; indexes and constraints that state a rule
-- bear the code as their name, so that both engines report the same code.

-- uuid equality inside the exclusion constraint of planned_window.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The kind of a JSON text as json_typeof names it; '' when the text is no JSON, so that a CHECK can refuse it
-- with the same SQLSTATE as every other CHECK. NULL stays NULL.
CREATE FUNCTION json_kind(document text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN json_typeof(document::json);
EXCEPTION WHEN invalid_text_representation OR untranslatable_character OR statement_too_complex THEN
    RETURN '';
END
$$;

-- Refuses whatever fired it, with the code given as the trigger's argument.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'kaketsuke: ' || TG_ARGV[0];
END
$$;

-- How many rows a part of a statement has changed; another number than is wanted takes the whole statement back.
CREATE FUNCTION changed(actual bigint, wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF actual <> wanted THEN
        RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'kaketsuke: stale';
    END IF;
    RETURN actual;
END
$$;

-- Terms, desks, holidays, codes as loaded from files. The newest version of a name is in force; older ones stay,
-- because decisions and charges name the version they were made with.
CREATE TABLE reference_dataset (
    name      text        NOT NULL CHECK (char_length(name) BETWEEN 1 AND 64),
    version   bigint      NOT NULL CHECK (version >= 1),
    sha256    bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    body      bytea       NOT NULL CHECK (octet_length(body) <= 16777216),
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (name, version)
);
CREATE TRIGGER reference_dataset_immutable BEFORE UPDATE OR DELETE ON reference_dataset
    FOR EACH ROW EXECUTE FUNCTION refuse('reference_dataset_immutable');
CREATE TRIGGER reference_dataset_immutable_whole BEFORE TRUNCATE ON reference_dataset
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('reference_dataset_immutable');

-- Municipalities by JIS X 0402 code: wards, and the cities without wards. parent_code is the city of a ward; it
-- has no row of its own where the gazetteer lists the wards only, hence no foreign key.
CREATE TABLE municipality (
    jis_code        text   NOT NULL PRIMARY KEY CHECK (jis_code ~ '^[0-9]{5}$'),
    prefecture      text   NOT NULL CHECK (char_length(prefecture) BETWEEN 1 AND 200),
    prefecture_kana text   NOT NULL CHECK (char_length(prefecture_kana) <= 200),
    name            text   NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    name_kana       text   NOT NULL CHECK (char_length(name_kana) <= 200),
    parent_code     text   CHECK (parent_code ~ '^[0-9]{5}$'),
    lat_e6          bigint NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6          bigint NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000)
);
CREATE INDEX municipality_by_parent ON municipality (parent_code);

-- Towns by postal code. One code can have several rows; the name is empty where the code covers a whole
-- municipality.
CREATE TABLE town (
    id          bigint NOT NULL PRIMARY KEY,
    postal_code text   NOT NULL CHECK (postal_code ~ '^[0-9]{7}$'),
    jis_code    text   NOT NULL REFERENCES municipality,
    name        text   NOT NULL CHECK (char_length(name) <= 200),
    name_kana   text   NOT NULL CHECK (char_length(name_kana) <= 200),
    lat_e6      bigint NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6      bigint NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    precision   text   NOT NULL CHECK (precision IN ('pin', 'town', 'municipality'))
);
CREATE INDEX town_by_postal_code ON town (postal_code);
CREATE INDEX town_by_municipality ON town (jis_code, name);
