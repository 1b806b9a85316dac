-- People who sign in, and their sessions in browsers.

-- A person. Name, role and what the role is bound to stand with the token in whose name the person acts: nobody has
-- its secret. So whatever refers to who acted refers to the person, whichever session it was.
CREATE TABLE user_account (
    id                  uuid        NOT NULL PRIMARY KEY,
    version             bigint      NOT NULL DEFAULT 1 CHECK (version >= 1),
    token_id            uuid        NOT NULL UNIQUE REFERENCES token,
    login               text        NOT NULL UNIQUE CHECK (char_length(login) BETWEEN 1 AND 64),
    password_hash       text        CHECK (char_length(password_hash) BETWEEN 1 AND 300),
    password_changed_at timestamptz,
    created_at          timestamptz NOT NULL,
    disabled_at         timestamptz,
    CHECK ((password_hash IS NULL) = (password_changed_at IS NULL))
);
-- Whoever was disabled stays so: a name that comes back to life would act in another one's place.
CREATE TRIGGER user_account_disabled_for_good BEFORE UPDATE ON user_account
    FOR EACH ROW WHEN (OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS DISTINCT FROM OLD.disabled_at)
    EXECUTE FUNCTION refuse('user_account_disabled_for_good');
CREATE TRIGGER user_account_token_id_fixed BEFORE UPDATE ON user_account
    FOR EACH ROW WHEN (NEW.token_id <> OLD.token_id)
    EXECUTE FUNCTION refuse('user_account_token_id_fixed');

-- A browser somebody is signed in with: 256 random bits in its cookie, of which only the SHA-256 is kept.
CREATE TABLE session (
    id            uuid        NOT NULL PRIMARY KEY,
    user_id       uuid        NOT NULL REFERENCES user_account,
    secret_sha256 bytea       NOT NULL UNIQUE CHECK (octet_length(secret_sha256) = 32),
    created_at    timestamptz NOT NULL,
    seen_at       timestamptz NOT NULL,
    ended_at      timestamptz,
    CHECK (seen_at >= created_at)
);
CREATE INDEX session_by_user ON session (user_id, id);
CREATE TRIGGER session_ended_for_good BEFORE UPDATE ON session
    FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION refuse('session_ended_for_good');
CREATE TRIGGER session_fixed BEFORE UPDATE ON session
    FOR EACH ROW WHEN (NEW.user_id <> OLD.user_id OR NEW.secret_sha256 <> OLD.secret_sha256
                       OR NEW.created_at <> OLD.created_at)
    EXECUTE FUNCTION refuse('session_fixed');

-- A link that signs somebody in, once.
CREATE TABLE sign_in_link (
    secret_sha256 bytea       NOT NULL PRIMARY KEY CHECK (octet_length(secret_sha256) = 32),
    user_id       uuid        NOT NULL REFERENCES user_account,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    CHECK (expires_at > created_at)
);
CREATE TRIGGER sign_in_link_used_once BEFORE UPDATE ON sign_in_link
    FOR EACH ROW WHEN (OLD.used_at IS NOT NULL) EXECUTE FUNCTION refuse('sign_in_link_used_once');
