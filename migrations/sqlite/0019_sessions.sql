-- People who sign in, and their sessions in browsers.

-- A person. Name, role and what the role is bound to stand with the token in whose name the person acts: nobody has
-- its secret. So whatever refers to who acted refers to the person, whichever session it was.
CREATE TABLE user_account (
    id                  BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    version             INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    token_id            BLOB    NOT NULL UNIQUE REFERENCES token,
    login               TEXT    NOT NULL UNIQUE CHECK (length(login) BETWEEN 1 AND 64),
    password_hash       TEXT    CHECK (length(password_hash) BETWEEN 1 AND 300),
    password_changed_at TEXT    CHECK (password_changed_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(password_changed_at, 1, 19)) IS substr(password_changed_at, 1, 19) AND julianday(password_changed_at) IS NOT NULL AND length(password_changed_at) IN (25, 29, 32) AND password_changed_at GLOB '*+00:00' AND password_changed_at NOT GLOB '*000+00:00' AND password_changed_at NOT GLOB '*T24*'),
    created_at          TEXT    NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    disabled_at         TEXT    CHECK (disabled_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(disabled_at, 1, 19)) IS substr(disabled_at, 1, 19) AND julianday(disabled_at) IS NOT NULL AND length(disabled_at) IN (25, 29, 32) AND disabled_at GLOB '*+00:00' AND disabled_at NOT GLOB '*000+00:00' AND disabled_at NOT GLOB '*T24*'),
    CHECK ((password_hash IS NULL) = (password_changed_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TRIGGER user_account_not_replaced BEFORE INSERT ON user_account BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: user_account_pkey') WHERE EXISTS (SELECT 1 FROM user_account WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: user_account_token_id_key')
    WHERE EXISTS (SELECT 1 FROM user_account WHERE token_id = NEW.token_id);
    SELECT RAISE(ABORT, 'kaketsuke: user_account_login_key')
    WHERE EXISTS (SELECT 1 FROM user_account WHERE login = NEW.login);
END;
-- Whoever was disabled stays so: a name that comes back to life would act in another one's place.
CREATE TRIGGER user_account_disabled_for_good BEFORE UPDATE ON user_account BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: user_account_disabled_for_good')
    WHERE OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS NOT OLD.disabled_at;
    SELECT RAISE(ABORT, 'kaketsuke: user_account_token_id_fixed') WHERE NEW.token_id <> OLD.token_id;
    SELECT RAISE(ABORT, 'kaketsuke: user_account_pkey')
    WHERE EXISTS (SELECT 1 FROM user_account WHERE id = NEW.id AND id <> OLD.id);
    SELECT RAISE(ABORT, 'kaketsuke: user_account_login_key')
    WHERE EXISTS (SELECT 1 FROM user_account WHERE login = NEW.login AND id <> OLD.id);
END;

-- A browser somebody is signed in with: 256 random bits in its cookie, of which only the SHA-256 is kept.
CREATE TABLE session (
    id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id       BLOB NOT NULL REFERENCES user_account,
    secret_sha256 BLOB NOT NULL UNIQUE CHECK (length(secret_sha256) = 32),
    created_at    TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    seen_at       TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(seen_at, 1, 19)) IS substr(seen_at, 1, 19) AND julianday(seen_at) IS NOT NULL AND length(seen_at) IN (25, 29, 32) AND seen_at GLOB '*+00:00' AND seen_at NOT GLOB '*000+00:00' AND seen_at NOT GLOB '*T24*'),
    ended_at      TEXT CHECK (ended_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(ended_at, 1, 19)) IS substr(ended_at, 1, 19) AND julianday(ended_at) IS NOT NULL AND length(ended_at) IN (25, 29, 32) AND ended_at GLOB '*+00:00' AND ended_at NOT GLOB '*000+00:00' AND ended_at NOT GLOB '*T24*'),
    CHECK (seen_at >= created_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user_id, id);
CREATE TRIGGER session_not_replaced BEFORE INSERT ON session BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: session_pkey') WHERE EXISTS (SELECT 1 FROM session WHERE id = NEW.id);
    SELECT RAISE(ABORT, 'kaketsuke: session_secret_sha256_key')
    WHERE EXISTS (SELECT 1 FROM session WHERE secret_sha256 = NEW.secret_sha256);
END;
CREATE TRIGGER session_ended_for_good BEFORE UPDATE ON session BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: session_ended_for_good') WHERE OLD.ended_at IS NOT NULL;
    SELECT RAISE(ABORT, 'kaketsuke: session_fixed')
    WHERE NEW.user_id <> OLD.user_id OR NEW.secret_sha256 <> OLD.secret_sha256 OR NEW.created_at <> OLD.created_at;
    SELECT RAISE(ABORT, 'kaketsuke: session_pkey')
    WHERE EXISTS (SELECT 1 FROM session WHERE id = NEW.id AND id <> OLD.id);
END;

-- A link that signs somebody in, once.
CREATE TABLE sign_in_link (
    secret_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(secret_sha256) = 32),
    user_id       BLOB NOT NULL REFERENCES user_account,
    created_at    TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19)) IS substr(created_at, 1, 19) AND julianday(created_at) IS NOT NULL AND length(created_at) IN (25, 29, 32) AND created_at GLOB '*+00:00' AND created_at NOT GLOB '*000+00:00' AND created_at NOT GLOB '*T24*'),
    expires_at    TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19)) IS substr(expires_at, 1, 19) AND julianday(expires_at) IS NOT NULL AND length(expires_at) IN (25, 29, 32) AND expires_at GLOB '*+00:00' AND expires_at NOT GLOB '*000+00:00' AND expires_at NOT GLOB '*T24*'),
    used_at       TEXT CHECK (used_at IS NULL OR strftime('%Y-%m-%dT%H:%M:%S', substr(used_at, 1, 19)) IS substr(used_at, 1, 19) AND julianday(used_at) IS NOT NULL AND length(used_at) IN (25, 29, 32) AND used_at GLOB '*+00:00' AND used_at NOT GLOB '*000+00:00' AND used_at NOT GLOB '*T24*'),
    CHECK (expires_at > created_at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER sign_in_link_not_replaced BEFORE INSERT ON sign_in_link BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: sign_in_link_pkey')
    WHERE EXISTS (SELECT 1 FROM sign_in_link WHERE secret_sha256 = NEW.secret_sha256);
END;
CREATE TRIGGER sign_in_link_used_once BEFORE UPDATE ON sign_in_link BEGIN
    SELECT RAISE(ABORT, 'kaketsuke: sign_in_link_used_once') WHERE OLD.used_at IS NOT NULL;
    SELECT RAISE(ABORT, 'kaketsuke: sign_in_link_pkey')
    WHERE NEW.secret_sha256 <> OLD.secret_sha256;
END;
