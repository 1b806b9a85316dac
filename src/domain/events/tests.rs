use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use super::{Event, Kind, Subject, stored};

const ID: Uuid = Uuid::from_u128(7);

fn text(event: &Event) -> String {
    Value::Object(event.data()).to_string()
}

#[test]
fn every_kind_is_read_back_as_it_was_stored() {
    let mut kinds = BTreeSet::new();
    for (kind, subject, data) in stored() {
        let event = Event::read(kind, subject, ID, data).unwrap();
        assert_eq!((event.kind(), event.subject()), (kind, (subject, ID)), "{kind}");
        assert_eq!(text(&event), data, "{kind}");
        kinds.insert(kind);
    }
    assert_eq!(kinds, Kind::ALL.iter().copied().collect());
}

#[test]
fn what_firms_are_shown_is_a_part_of_the_data() {
    for (kind, subject, data) in stored() {
        let event = Event::read(kind, subject, ID, data).unwrap();
        let (whole, shown) = (event.data(), event.for_firms());
        assert!(shown.iter().all(|(key, value)| whole.get(key) == Some(value)), "{kind}");
        assert!(kind.is_for_firms() || shown.is_empty(), "{kind}");
    }
}

#[test]
fn whom_an_event_names_is_whom_its_data_name() {
    for (kind, subject, data) in stored() {
        let event = Event::read(kind, subject, ID, data).unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        let named = |key: &str| data[key].as_str().map(|id| id.parse::<Uuid>().unwrap());
        assert_eq!(event.technician().map(|id| id.0), named("technician"), "{kind}");
        assert_eq!(event.firm().map(|id| id.0), named("firm"), "{kind}");
    }
}

#[test]
fn an_event_about_something_else_is_not_read() {
    for (kind, subject, data) in stored() {
        for &other in Subject::ALL.iter().filter(|other| **other != subject) {
            let both = match kind {
                Kind::BlockMade | Kind::BlockEnded => matches!(other, Subject::Firm | Subject::Technician),
                Kind::InterpreterRequested | Kind::InterpreterSettled => {
                    matches!(other, Subject::Call | Subject::Job)
                }
                Kind::MessageReplayed => matches!(other, Subject::Message | Subject::Webhook),
                _ => false,
            };
            assert_eq!(Event::read(kind, other, ID, data).is_ok(), both, "{kind} of {other}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let unreadable = |data| Event::read(Kind::OfferMade, Subject::Job, ID, data).unwrap_err().to_string();
    let named = "offer.made of job 00000000-0000-0000-0000-000000000007: ";
    assert_eq!(unreadable("{}"), format!("{named}missing field `offer`"));
    assert!(unreadable("[]").starts_with(named));
    assert!(unreadable("").starts_with(named));
    let data = r#"{"reason":"nobody_knows"}"#;
    let error = Event::read(Kind::JobCancelled, Subject::Job, ID, data).unwrap_err();
    assert_eq!((error.kind, error.subject, error.subject_id), (Kind::JobCancelled, Subject::Job, ID));
    assert!(error.what.contains("nobody_knows"), "{}", error.what);
}

#[test]
fn fields_that_a_later_release_adds_are_passed_over() {
    let data = r#"{"colour":"red","reason":"duplicate"}"#;
    let event = Event::read(Kind::JobCancelled, Subject::Job, ID, data).unwrap();
    assert_eq!(text(&event), r#"{"reason":"duplicate"}"#);
}
