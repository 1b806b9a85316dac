//! The guard at the door (Y-08, Y-09): card numbers and My Number are taken out of every text of every body before
//! anything reads it, and letters get one form. What is a code by its name or form is left alone; a new field is guarded
//! without being named here.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    http::{Extensions, HeaderName, HeaderValue},
    response::Response,
};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::{
    scrub::{Secret, scrub},
    typed::composed,
};

/// Says on an answer what was taken out of the request.
const REDACTED: HeaderName = HeaderName::from_static("x-redacted");
/// The header as the API's description writes it.
pub(super) const REDACTED_SHOWN: &str = "X-Redacted";
/// What the header means.
pub(super) const REDACTED_MEANS: &str = "What was taken out of the texts of this request before they were kept \
    (Y-08, Y-09), comma-separated: residence_card, my_number, payment_card. ［削除済］ stands in its place. Tell who typed \
    it: these numbers are never written down. / 在留カード番号・マイナンバー・カード番号は保存できないため、\
    ［削除済］に置き換えました。入力した人に伝えてください。";

/// Fields that hold codes of machines or offices, never what a person tells.
const CODES: [&str; 7] =
    ["device", "key", "registration_number", "badge_number", "secret", "password", "url"];

/// What was taken out of one request.
#[derive(Clone, Default)]
pub(super) struct Redactions(Arc<Mutex<BTreeSet<Secret>>>);

impl Redactions {
    /// Those of a request under way.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// The body as it may be kept. What is no JSON is left to its reader to refuse.
    pub(super) fn clean<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        let Ok(mut value) = serde_json::from_slice::<Value>(body) else { return Cow::Borrowed(body) };
        let mut found = Found::default();
        walk(None, &mut value, &mut found);
        let Found { secrets, rewritten } = found;
        if !rewritten {
            return Cow::Borrowed(body);
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets);
        // A value that was read can be written.
        serde_json::to_vec(&value).map_or(Cow::Borrowed(body), Cow::Owned)
    }

    /// Says on the answer what was taken out.
    pub(super) fn tell(&self, response: &mut Response) {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let codes: Vec<_> = found.iter().map(|what| what.as_str()).collect();
        if let (false, Ok(value)) = (codes.is_empty(), HeaderValue::from_str(&codes.join(", "))) {
            response.headers_mut().insert(REDACTED, value);
        }
    }
}

/// What was found in a body.
#[derive(Default)]
struct Found {
    secrets: BTreeSet<Secret>,
    /// A text is not as it was sent.
    rewritten: bool,
}

impl Found {
    fn secrets(&mut self, secrets: impl IntoIterator<Item = Secret>) {
        self.secrets.extend(secrets);
        self.rewritten = true;
    }
}

fn walk(field: Option<&str>, value: &mut Value, found: &mut Found) {
    match value {
        Value::String(text) if !is_code(field, text) => {
            // One form of every letter, so that a name that was typed is the name that is looked for.
            if let Some(composed) = composed(text) {
                *text = composed;
                found.rewritten = true;
            }
            if let Some(scrubbed) = scrub(text) {
                found.secrets(scrubbed.found);
                *text = scrubbed.text;
            }
        }
        Value::Number(number) => {
            // A draft keeps whatever was typed, numbers too. A fraction is a measure, however many digits it has.
            let text = number.to_string();
            let whole = text.strip_suffix(".0").unwrap_or(&text);
            if let Some(scrubbed) = scrub(whole).filter(|_| !whole.contains('.')) {
                found.secrets(scrubbed.found);
                *value = Value::String(scrubbed.text);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| walk(field, value, found)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| walk(Some(name), value, found)),
        Value::String(_) | Value::Null | Value::Bool(_) => {}
    }
}

fn is_code(field: Option<&str>, text: &str) -> bool {
    let is_id = text.len() == 36 && Uuid::try_parse(text).is_ok();
    is_id || field.is_some_and(|field| CODES.contains(&field))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cleaned(value: &Value) -> (Value, Vec<Secret>) {
        let redactions = Redactions::default();
        let body = serde_json::to_vec(value).unwrap();
        let clean = serde_json::from_slice(&redactions.clean(&body)).unwrap();
        let found = redactions.0.lock().unwrap().iter().copied().collect();
        (clean, found)
    }

    #[test]
    fn every_text_is_guarded_however_deep() {
        let (clean, found) = cleaned(&json!({
            "note": "AB12345678CD", "deep": [{ "memo": ["4111 1111 1111 1111"] }], "typed": [123_456_789_018_u64, 123_456_789_018.0],
        }));
        let expected = json!({ "note": "［削除済］", "deep": [{ "memo": ["［削除済］"] }], "typed": ["［削除済］", "［削除済］"] });
        assert_eq!(clean, expected);
        assert_eq!(found, [Secret::ResidenceCard, Secret::MyNumber, Secret::PaymentCard]);
    }

    #[test]
    fn every_letter_has_one_form() {
        let (clean, found) = cleaned(&json!({ "name": "カ\u{3099}ス", "password": "カ\u{3099}ス" }));
        assert_eq!((clean, found), (json!({ "name": "ガス", "password": "カ\u{3099}ス" }), Vec::new()));
    }

    #[test]
    fn codes_and_ids_are_left_alone() {
        let body = json!({
            "device": "353879234252633", "registration_number": "T1234567890123",
            "id": "00000000-0000-7000-8000-123456789018", "phone": "+818055500101",
            "at": "2026-11-22T12:00:00.123456789Z", "point": [136.908_154, 35.170_915],
            // The digits behind the point are a My Number by their check digit.
            "finer": [136.123_456_789_018, 0.123_456_789_018],
        });
        assert_eq!(cleaned(&body), (body, Vec::new()));
    }

    #[test]
    fn what_is_no_json_is_left_to_its_reader() {
        assert_eq!(Redactions::default().clean(b"{\"a\": AB12345678CD").as_ref(), b"{\"a\": AB12345678CD");
    }
}
