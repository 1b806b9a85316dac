//! Both languages hold the same keys, and every key that pages use is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use fluent_bundle::FluentResource;

use super::{Locale, Texts, bundle};
use crate::domain::{
    actor::Role,
    alarms::AlarmKind,
    appointments::{Consequence, UnbookCode},
    calendar::DayClass,
    calls::{CallBackOutcome, CallState, CallerRole, Channel, NoNumber, Purpose},
    cases::{Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag, ReopenReason},
    charging::{AllowanceScope, Answer, CrewTime, OvertimeRounding, WorkKind},
    dangers::{ClearanceNote, ClearedBy},
    disks::Disk,
    disputes::{DisputeOutcome, DisputeReason, DisputeState},
    events::{Kind, Subject},
    evidence::{AbsenceReason, EvidenceKind},
    facts::{FieldState, FlagCode, JobOutcome, PauseReason},
    firms::Standing,
    fitness::{Reason, Weight},
    jobs::{CancelReason, JobState},
    languages::{Availability, Step},
    ledger::EntryKind,
    messages::{AttemptCode, MessageChannel, MessageState},
    offers::{DeclineCode, OfferState, OverrideReason, Slot, WithdrawCode},
    payments::{PaymentDoubt, PaymentKind, PaymentMethod},
    place::{PinWord, Precision},
    proposals::ProposalRefusal,
    readers::Reader,
    reads::{ReadPurpose, ReadSubject},
    reference::programme::{Payer, UnconsentedOverrun},
    referrals::{
        Component, ContactConsent, RecipientKind, ReferralOutcome, ReferralReason, ReferralState, Stage,
    },
    refusal,
    retention::{ErasureReason, HoldReason, Kept},
    reviews::{DecisionDoubt, ReviewState},
    roster::duty::DutyKind,
    tools::{OpeningAuthority, Tool},
    trade::{Priority, Trade},
    warrants::WarrantReason,
};

/// The keys of a language with the names of the values each wants.
fn keys(files: &[(&str, &str)]) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for (name, text) in files {
        let resource = FluentResource::try_new((*text).to_owned());
        assert!(resource.is_ok(), "{name}.ftl: {:?}", resource.err().map(|(_, errors)| errors));
        for line in text.lines() {
            let Some((key, _)) = line.split_once('=') else { continue };
            if !line.starts_with(|char: char| char.is_ascii_alphabetic()) {
                continue;
            }
            let start = text.find(&format!("\n{key}=")).map_or(0, |at| at + 1);
            let rest = &text[start..];
            let end = rest[1..].find("\n").map_or(rest.len(), |_| {
                rest.match_indices('\n')
                    .map(|(at, _)| at)
                    .find(|at| {
                        rest[at + 1..].starts_with(|char: char| char.is_ascii_alphabetic() || char == '#')
                    })
                    .unwrap_or(rest.len())
            });
            let values = rest[..end].split('$').skip(1).map(|value| {
                value.chars().take_while(|char| char.is_ascii_alphanumeric() || *char == '_').collect()
            });
            let twice = keys.insert(key.trim().to_owned(), values.collect());
            assert!(twice.is_none(), "{key} stands twice");
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys_and_values() {
    let (ja, en) = (keys(bundle::JA), keys(bundle::EN));
    assert!(ja.len() > 100, "only {} keys found", ja.len());
    assert_eq!(ja, en);
}

#[test]
fn english_texts_are_english_and_japanese_ones_are_japanese() {
    for key in keys(bundle::EN).keys() {
        let (ja, en) = (bundle::of(Locale::Ja), bundle::of(Locale::En));
        assert!(ja.has_message(key) && en.has_message(key), "{key}");
        let text = |locale| {
            let source = if locale == Locale::Ja { bundle::JA } else { bundle::EN };
            let files: String = source.iter().map(|(_, text)| format!("\n{text}")).collect();
            let at = files.find(&format!("\n{key} =")).unwrap();
            files[at + 1 + key.len() + 2..].lines().next().unwrap().to_owned()
        };
        let japanese = |text: &str| text.chars().any(|char| ('\u{3040}'..'\u{a000}').contains(&char));
        assert!(key == "language-ja" || !japanese(&text(Locale::En)), "{key}: {}", text(Locale::En));
    }
}

fn files(folder: &Path, kinds: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, kinds, found);
        } else if path.extension().is_some_and(|kind| kinds.contains(&kind.to_str().unwrap())) {
            found.push(path);
        }
    }
}

/// The first argument of every call of a method, where it is a literal.
fn arguments<'t>(text: &'t str, method: &str) -> impl Iterator<Item = &'t str> {
    let call = format!(".{method}(\"");
    let starts: Vec<_> = text.match_indices(&call).map(|(at, call)| at + call.len()).collect();
    starts.into_iter().filter_map(|start| text[start..].split('"').next())
}

#[test]
fn every_key_that_pages_use_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("templates/console"), &["html"], &mut found);
    files(&root.join("src/http/console"), &["rs"], &mut found);
    let (known, mut used, mut vocabularies) = (keys(bundle::JA), 0, BTreeSet::new());
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        for method in ["text", "with", "count"] {
            for key in arguments(&text, method) {
                assert!(known.contains_key(key), "{}: {key}", path.display());
                used += 1;
            }
        }
        vocabularies.extend(arguments(&text, "code").map(str::to_owned));
    }
    assert!(used > 40, "only {used} uses found");
    for vocabulary in vocabularies {
        assert!(VOCABULARIES.iter().any(|(name, _)| *name == vocabulary), "{vocabulary} is not in the list");
    }
}

/// Titles of problems that are no refusal of a state.
const OTHER_PROBLEMS: &[&str] = &[
    "forbidden",
    "suspended",
    "forged",
    "internal",
    "invalid",
    "not-found",
    "other",
    "overloaded",
    "timed-out",
    "too-large",
    "unauthenticated",
    "unreadable",
    "version-mismatch",
];

#[test]
fn a_title_of_a_problem_is_of_a_refusal_there_is() {
    let codes = refusal::tests::codes();
    for key in keys(bundle::EN).keys() {
        let Some(code) = key.strip_prefix("problem-") else { continue };
        let known = OTHER_PROBLEMS.contains(&code) || codes.contains(code.replace('-', "_").as_str());
        assert!(known, "{key} is shown for nothing");
    }
}

/// A vocabulary by name, with its codes.
type Vocabulary = (&'static str, fn() -> Vec<&'static str>);

/// The closed vocabularies that pages show, with their codes.
const VOCABULARIES: &[Vocabulary] = &[
    ("role", || Role::ALL.iter().map(|code| code.as_str()).collect()),
    ("job-state", || JobState::ALL.iter().map(|code| code.as_str()).collect()),
    ("alarm", || AlarmKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("reader", || Reader::ALL.iter().map(|code| code.as_str()).collect()),
    ("disk", || Disk::ALL.iter().map(|code| code.as_str()).collect()),
    ("subject", || Subject::ALL.iter().map(|code| code.as_str()).collect()),
    ("priority", || Priority::ALL.iter().map(|code| code.as_str()).collect()),
    ("trade", || Trade::ALL.iter().map(|code| code.as_str()).collect()),
    ("language", || Locale::ALL.iter().map(|code| code.as_str()).collect()),
    ("day-class", || DayClass::ALL.iter().map(|code| code.as_str()).collect()),
    ("review-state", || ReviewState::ALL.iter().map(|code| code.as_str()).collect()),
    ("pause", || PauseReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("job-outcome", || JobOutcome::ALL.iter().map(|code| code.as_str()).collect()),
    ("tool", || Tool::ALL.iter().map(|code| code.as_str()).collect()),
    ("opening-tools", || OpeningAuthority::ALL.iter().map(|code| code.as_str()).collect()),
    ("standing", || Standing::ALL.iter().map(|code| code.as_str()).collect()),
    ("proposal-refusal", || ProposalRefusal::ALL.iter().map(|code| code.as_str()).collect()),
    ("staff-field", || {
        vec![
            "name",
            "phone",
            "base",
            "trades",
            "job-codes",
            "tools",
            "opening-tools",
            "badge",
            "languages",
            "state",
        ]
    }),
    ("warrant", || WarrantReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("yes-no", || vec!["true", "false"]),
    ("token-state", || vec!["live", "expired", "revoked"]),
    ("overtime-rounding", || OvertimeRounding::ALL.iter().map(|code| code.as_str()).collect()),
    ("allowance-scope", || AllowanceScope::ALL.iter().map(|code| code.as_str()).collect()),
    ("crew-time", || CrewTime::ALL.iter().map(|code| code.as_str()).collect()),
    ("overrun", || UnconsentedOverrun::ALL.iter().map(|code| code.as_str()).collect()),
    ("decision-doubt", || DecisionDoubt::ALL.iter().map(|code| code.as_str()).collect()),
    ("payment-doubt", || PaymentDoubt::ALL.iter().map(|code| code.as_str()).collect()),
    ("payment-method", || PaymentMethod::ALL.iter().map(|code| code.as_str()).collect()),
    ("dispute-state", || DisputeState::ALL.iter().map(|code| code.as_str()).collect()),
    ("dispute-outcome", || DisputeOutcome::ALL.iter().map(|code| code.as_str()).collect()),
    ("purpose", || ReadPurpose::ALL.iter().map(|code| code.as_str()).collect()),
    ("read-subject", || ReadSubject::ALL.iter().map(|code| code.as_str()).collect()),
    ("kept", || Kept::ALL.iter().map(|code| code.as_str()).collect()),
    ("duty", || DutyKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("theme", || vec!["auto", "light", "dark"]),
    ("fleet", || vec!["free", "asked", "coming", "there", "on_call", "off"]),
    ("entry", || vec!["on_call", "extra_shift", "day_off", "given_away"]),
    ("hole", || vec!["nobody", "on_call_only"]),
    ("stage", || vec!["open", "asked", "coming", "there", "planned"]),
    ("channel", || Channel::ALL.iter().map(|code| code.as_str()).collect()),
    ("caller-role", || CallerRole::ALL.iter().map(|code| code.as_str()).collect()),
    ("call-back", || CallBackOutcome::ALL.iter().map(|code| code.as_str()).collect()),
    ("availability", || Availability::ALL.iter().map(|code| code.as_str()).collect()),
    ("fallback", || Step::ALL.iter().map(|code| code.as_str()).collect()),
    ("eligibility", || Eligibility::ALL.iter().map(|code| code.as_str()).collect()),
    ("eligibility-basis", || EligibilityBasis::ALL.iter().map(|code| code.as_str()).collect()),
    ("lessee", || LesseeKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("category", || Category::ALL.iter().map(|code| code.as_str()).collect()),
    ("liability", || LiabilityFlag::ALL.iter().map(|code| code.as_str()).collect()),
    ("precision", || Precision::ALL.iter().map(|code| code.as_str()).collect()),
    ("call-state", || CallState::ALL.iter().map(|code| code.as_str()).collect()),
    ("cleared-by", || ClearedBy::ALL.iter().map(|code| code.as_str()).collect()),
    ("clearance", || ClearanceNote::ALL.iter().map(|code| code.as_str()).collect()),
    ("offer-state", || OfferState::ALL.iter().map(|code| code.as_str()).collect()),
    ("decline", || DeclineCode::ALL.iter().map(|code| code.as_str()).collect()),
    ("withdraw", || WithdrawCode::ALL.iter().map(|code| code.as_str()).collect()),
    ("slot", || Slot::ALL.iter().map(|code| code.as_str()).collect()),
    ("field-state", || FieldState::ALL.iter().map(|code| code.as_str()).collect()),
    ("no-number", || NoNumber::ALL.iter().map(|code| code.as_str()).collect()),
    ("pin-word", || PinWord::ALL.iter().map(|code| code.as_str()).collect()),
    ("reopen", || ReopenReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("legal-hold", || HoldReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("erasure", || ErasureReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("cancel", || CancelReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("unbook", || UnbookCode::ALL.iter().map(|code| code.as_str()).collect()),
    ("override", || OverrideReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("in-the-way", || {
        Reason::ALL
            .iter()
            .filter(|code| code.weight() == Weight::Confirmable)
            .map(|code| code.as_str())
            .collect()
    }),
    ("consequence", || Consequence::ALL.iter().map(|code| code.as_str()).collect()),
    ("line", || EntryKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("payer", || Payer::ALL.iter().map(|code| code.as_str()).collect()),
    ("work", || WorkKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("payment-kind", || PaymentKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("dispute-reason", || DisputeReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("answer", || Answer::ALL.iter().map(|code| code.as_str()).collect()),
    ("flag", || FlagCode::ALL.iter().map(|code| code.as_str()).collect()),
    ("evidence", || EvidenceKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("call-purpose", || Purpose::ALL.iter().map(|code| code.as_str()).collect()),
    ("message-channel", || MessageChannel::ALL.iter().map(|code| code.as_str()).collect()),
    ("message-state", || MessageState::ALL.iter().map(|code| code.as_str()).collect()),
    ("attempt", || AttemptCode::ALL.iter().map(|code| code.as_str()).collect()),
    ("unsigned", || AbsenceReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("referral-reason", || ReferralReason::ALL.iter().map(|code| code.as_str()).collect()),
    ("referral-stage", || Stage::ALL.iter().map(|code| code.as_str()).collect()),
    ("referral-state", || ReferralState::ALL.iter().map(|code| code.as_str()).collect()),
    ("referral-outcome", || ReferralOutcome::ALL.iter().map(|code| code.as_str()).collect()),
    ("recipient", || RecipientKind::ALL.iter().map(|code| code.as_str()).collect()),
    ("contact-consent", || ContactConsent::ALL.iter().map(|code| code.as_str()).collect()),
    ("component", || Component::ALL.iter().map(|code| code.as_str()).collect()),
    // By a test of its own: keys have no points.
    ("event", Vec::new),
    ("fact", || FACTS.to_vec()),
    ("clock", || {
        vec![
            "answer_due",
            "naming_due",
            "looks_again",
            "visit_begins",
            "arrival_due",
            "since",
            "free_until",
            "paused_free_left",
        ]
    }),
];

/// Every kind of report.
const FACTS: [&str; 18] = [
    "departure",
    "position",
    "delay",
    "arrival",
    "no_access",
    "id_check",
    "work_start",
    "pause",
    "resume",
    "work_end",
    "part",
    "special_work",
    "consent",
    "referral_finding",
    "payment",
    "withdrawal",
    "leaving",
    "completion",
];

#[test]
fn every_kind_of_event_has_a_text() {
    for kind in Kind::ALL {
        for &locale in Locale::ALL {
            let key = format!("event-{}", kind.as_str().replace('.', "-"));
            assert!(Texts(locale).has(&key), "{locale}: {key}");
        }
    }
}

#[test]
fn every_code_has_a_text() {
    for (vocabulary, codes) in VOCABULARIES {
        for code in codes() {
            for &locale in Locale::ALL {
                let text = Texts(locale).code(vocabulary, code);
                assert!(!text.contains('⟦') && !text.is_empty(), "{locale}: {vocabulary}-{code}");
            }
        }
    }
}

#[test]
fn a_missing_text_can_be_seen() {
    assert_eq!(Texts(Locale::Ja).text("no-such-key"), "⟦no-such-key⟧");
    assert_eq!(Texts(Locale::En).code_or_itself("language-name", "xx"), "xx");
}
