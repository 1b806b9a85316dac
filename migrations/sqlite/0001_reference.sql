-- Reference data, and the conventions of every later file. Same tables and columns as ../postgres/0001_reference.sql.
--
-- Conventions: ids are 16-byte blobs. Instants are text as sqlx writes them, in UTC with no, three or six digits
-- of fraction and never a trailing 000, so that equal instants are equal texts and texts sort as instants do
-- ('+' sorts before '.'). They are always bound (no defaults: the clock is injected). Lengths are in characters,
-- of blobs in bytes; lat_e6 and lon_e6 are microdegrees; *_m is metres, *_yen whole yen.
--
-- A refusal by trigger reads 'kaketsuke: <code>'. INSERT OR REPLACE and UPDATE OR REPLACE delete the rows in their
-- way without firing delete triggers; therefore every unique key of a protected table is also guarded by a BEFORE
-- trigger, which bears the name that PostgreSQL gives to the key. The price: on those tables ON CONFLICT never gets
-- to act; INSERT … SELECT … WHERE NOT EXISTS does on both engines. WITHOUT ROWID, because a rowid would be one more
-- key by which a row could be replaced.

-- Terms, desks, holidays, codes as loaded from files. The newest version of a name is in force; older ones stay,
-- because decisions and charges name the version they were made with.
CREATE TABLE reference_dataset (
    name      TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
    version   INTEGER NOT NULL CHECK (version >= 1),
    sha256    BLOB    NOT NULL CHECK (length(sha256) = 32),
    body      BLOB    NOT NULL CHECK (length(body) <= 16777216),
    loaded_at TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(loaded_at, 1, 19)) IS substr(loaded_at, 1, 19) AND julianday(loaded_at) IS NOT NULL AND length(loaded_at) IN (25, 29, 32) AND loaded_at GLOB '*+00:00' AND loaded_at NOT GLOB '*000+00:00' AND loaded_at NOT GLOB '*T24*'),
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER reference_dataset_immutable BEFORE UPDATE ON reference_dataset BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: reference_dataset_immutable');
END;
CREATE TRIGGER reference_dataset_immutable_delete BEFORE DELETE ON reference_dataset BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: reference_dataset_immutable');
END;
CREATE TRIGGER reference_dataset_not_replaced BEFORE INSERT ON reference_dataset BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: reference_dataset_pkey')
    WHERE EXISTS (SELECT 1 FROM reference_dataset WHERE name = NEW.name AND version = NEW.version);
END;

-- Municipalities by JIS X 0402 code: wards, and the cities without wards. parent_code is the city of a ward; it
-- has no row of its own where the gazetteer lists the wards only, hence no foreign key.
CREATE TABLE municipality (
    jis_code        TEXT    NOT NULL PRIMARY KEY CHECK (jis_code GLOB '[0-9][0-9][0-9][0-9][0-9]'),
    prefecture      TEXT    NOT NULL CHECK (length(prefecture) BETWEEN 1 AND 200),
    prefecture_kana TEXT    NOT NULL CHECK (length(prefecture_kana) <= 200),
    name            TEXT    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_kana       TEXT    NOT NULL CHECK (length(name_kana) <= 200),
    parent_code     TEXT    CHECK (parent_code GLOB '[0-9][0-9][0-9][0-9][0-9]'),
    lat_e6          INTEGER NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6          INTEGER NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000)
) STRICT, WITHOUT ROWID;
CREATE INDEX municipality_by_parent ON municipality (parent_code);

-- Towns by postal code. One code can have several rows; the name is empty where the code covers a whole
-- municipality.
CREATE TABLE town (
    id          INTEGER NOT NULL PRIMARY KEY,
    postal_code TEXT    NOT NULL CHECK (postal_code GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
    jis_code    TEXT    NOT NULL REFERENCES municipality,
    name        TEXT    NOT NULL CHECK (length(name) <= 200),
    name_kana   TEXT    NOT NULL CHECK (length(name_kana) <= 200),
    lat_e6      INTEGER NOT NULL CHECK (lat_e6 BETWEEN -90000000 AND 90000000),
    lon_e6      INTEGER NOT NULL CHECK (lon_e6 BETWEEN -180000000 AND 180000000),
    precision   TEXT    NOT NULL CHECK (precision IN ('pin', 'town', 'municipality'))
) STRICT;
CREATE INDEX town_by_postal_code ON town (postal_code);
CREATE INDEX town_by_municipality ON town (jis_code, name);
