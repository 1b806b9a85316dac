//! Every shipped document loads; every way of spoiling one is refused, with the place.

use super::*;

/// The embedded documents with one of them changed by replacing the first `from`.
fn spoilt(dataset: Dataset, from: &str, to: &str) -> (Documents<'static>, usize) {
    let text = std::str::from_utf8(dataset.embedded()).unwrap();
    let offset = text.find(from).unwrap_or_else(|| panic!("{dataset} has no {from}"));
    let mut documents = embedded_documents();
    documents.insert(dataset, Cow::Owned(text.replacen(from, to, 1).into_bytes()));
    (documents, 1 + text[..offset].matches('\n').count())
}

#[test]
fn what_is_shipped_loads() {
    let reference = Reference::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(reference.desks().all().len(), 14);
    assert_eq!(reference.holidays().iter().count(), 91);
    assert_eq!(reference.errata().len(), 34);
    assert_eq!(reference.liability_triage().scenarios.len(), 14);
    assert_eq!(reference.covers().len(), 4);
    assert_eq!(
        reference.programme_name_ja("003").unwrap(),
        "居宅サービス事業者・居宅介護支援事業者賠償責任保険制度"
    );
    for dataset in DATASETS {
        assert!(!dataset.embedded().is_empty(), "{dataset}");
    }
}

#[test]
fn the_terms_of_the_call_out_programme_are_the_printed_ones() {
    use crate::domain::known::Known;
    use crate::domain::money::Yen;
    use crate::domain::reference::programme::*;
    let reference = Reference::embedded().unwrap();
    let programme = reference.call_out();
    assert!(!programme.is_in_service("2025-12-31".parse().unwrap()), "E-04");
    assert!(programme.is_in_service("2026-01-01".parse().unwrap()), "E-04");
    assert!(!programme.eligibility.family_members_covered, "E-02");
    assert!(!programme.eligibility.enrolment_required, "E-03");
    let charging = &programme.charging;
    assert_eq!((charging.free_minutes, charging.overtime_unit_minutes), (60, 10), "C-01, C-02");
    assert_eq!(charging.overtime_unit_price_incl_tax, Yen(1_100), "C-02");
    assert_eq!(charging.free_items, FreeItem::ALL, "C-01");
    assert_eq!(charging.policy.overtime_rounding, OvertimeRounding::Started, "C-08");
    assert_eq!(charging.policy.grace_seconds, 0, "C-09");
    assert_eq!(charging.policy.allowance_scope, AllowanceScope::Job, "C-15");
    assert_eq!(charging.policy.crew_time, CrewTime::WallClock, "C-16");
    assert_eq!(charging.policy.default_payer, Payer::Worker);
    assert_eq!(programme.data_sharing.share_scope, DisclosureScope::AllCalls, "D-03");
    assert_eq!(programme.liability.limit_yen, Yen(100_000_000), "P-02");
    assert_eq!(programme.liability.deductible_yen, Known::Unspecified, "P-06");
    assert_eq!(programme.insurer.shares_percent, Known::Unspecified, "P-06");
    assert_eq!(programme.liability.exclusions.len(), 5, "P-03");
}

#[test]
fn each_corruption_is_refused_with_its_line_and_key() {
    let misreported: Vec<_> = CORRUPTED.iter().filter_map(misreported).collect();
    assert!(misreported.is_empty(), "{}", misreported.join("\n"));
}

/// What is wrong with the report of a corruption, if anything is.
fn misreported(corruption: &Corruption) -> Option<String> {
    let (dataset, from, to, path, message) = *corruption;
    let (documents, line) = spoilt(dataset, from, to);
    let errors = match Reference::from_documents(&documents) {
        Ok(_) => return Some(format!("{dataset}: {from} -> {to} is taken")),
        Err(errors) => errors,
    };
    let error = &errors.all()[0];
    let is_right = error.dataset == dataset
        && error.line == Some(line)
        && error.path.as_deref().unwrap_or("") == path
        && error.message.contains(message);
    (!is_right)
        .then(|| format!("{dataset}: {from} -> {to}, expected line {line} {path}: {message}; got {errors}"))
}

type Corruption = (Dataset, &'static str, &'static str, &'static str, &'static str);

/// Data set, what is replaced, by what, the key named, part of the message.
const CORRUPTED: &[Corruption] = &[
    // Not TOML at all.
    (Dataset::Desks, "[[desk]]", "[[desk", "", "unclosed array table"),
    // Unknown keys.
    (Dataset::Desks, "url = \"\"", "link = \"\"", "desk[1].link", "unknown field `link`"),
    (Dataset::JobCodes, "priority = \"P1\"\nask", "urgency = \"P1\"\nask", "job[0].urgency", "unknown field"),
    (
        Dataset::Programme000,
        "grace_seconds = 0",
        "grace = 0",
        "charging.policy.grace",
        "unknown field `grace`",
    ),
    (Dataset::Programme001, "[medical]", "[medcial]", "medcial", "is not a section of a cover"),
    // Codes of a closed list.
    (Dataset::Programme000, "\"started\"", "\"begun\"", "charging.policy.overtime_rounding", "`begun`"),
    (
        Dataset::Hazards,
        "\"call_110_first\"",
        "\"call_911\"",
        "hazard[5].action",
        "unknown variant `call_911`",
    ),
    (Dataset::Desks, "\"Asia/Tokyo\"", "\"UTC\"", "timezone", "expected `Asia/Tokyo`"),
    (Dataset::Errata, "\"medium\"", "\"middling\"", "item[0].severity", "`middling`"),
    // Ids and codes.
    (Dataset::Desks, "id = \"000.jbr.chat\"", "id = \"chat\"", "desk[1].id", "'chat' is not a desk id"),
    (
        Dataset::Desks,
        "id = \"000.jbr.chat\"",
        "id = \"000.jbr.worker_line\"",
        "desk[1].id",
        "is already at desk[0].id",
    ),
    (Dataset::JobCodes, "\"W-TOILET-TANK\"", "\"W-TOILET-CLOG\"", "job[1].code", "is already at job[0].code"),
    (Dataset::JobCodes, "category = \"water\"", "category = \"lock\"", "job[0].category", "expected L-"),
    (
        Dataset::Programme002,
        "id = \"002\"",
        "id = \"003\"",
        "programme.id",
        "expected the number in its name",
    ),
    (Dataset::Languages, "tag = \"fil\"", "tag = \"tagalog!\"", "language[5].tag", "BCP 47"),
    // Hours.
    (
        Dataset::Desks,
        "from = \"09:00\"",
        "from = \"9:00\"",
        "desk[2].hours.windows[0].from",
        "00:00 to 23:59",
    ),
    (Dataset::Desks, "to = \"17:30\"", "to = \"25:30\"", "desk[2].hours.windows[0].to", "closing time"),
    (Dataset::Desks, "from = \"12-29\"", "from = \"13-29\"", "desk[2].hours.year_end.from", "'12-29'"),
    (Dataset::Desks, "\"unspecified\"", "\"unknown\"", "desk[1].hours.kind", "unknown variant `unknown`"),
    // Desks that lean on each other.
    (
        Dataset::Desks,
        "of = [\"003.agent\", \"003.insurer\"]",
        "of = [\"003.nobody\"]",
        "desk[9].hours.of",
        "there is no desk '003.nobody'",
    ),
    (
        Dataset::Desks,
        "of = [\"003.agent\", \"003.insurer\"]",
        "of = [\"003.accident_hotline\"]",
        "desk[9].hours.of",
        "expected no circle",
    ),
    (Dataset::Desks, "programme = \"000\"", "programme = \"001\"", "desk[0].programme", "begins with"),
    (Dataset::Desks, "\"03-6259-1730\"", "\"6259-1730\"", "desk[4].phone", "expected a number as printed"),
    // Holidays.
    (Dataset::Holidays, "2024-01-08", "2024-01-32", "", "invalid"),
    (Dataset::Holidays, "2024-01-08", "2024-01-08T00:00:00", "day[1].date", "expected a date alone"),
    (Dataset::Holidays, "2024-01-08", "2024-01-01", "day[1].date", "expected ascending dates"),
    (Dataset::Holidays, "2024-02-12", "2024-02-13", "day[3].date", "does not follow a holiday on a Sunday"),
    (Dataset::Holidays, "ja = \"国民の休日\"", "name = \"国民の休日\"", "day[53].name", "unknown field"),
    // Languages.
    (
        Dataset::Languages,
        "\"vi-VN\"",
        "\"tl\"",
        "language[6].accept[1]",
        "is already at language[5].accept[2]",
    ),
    (Dataset::Languages, "\"zh-HK\"", "\"yue-HK\"", "language[1].accept[4]", "refused by not_accept"),
    (
        Dataset::Languages,
        "[\"th\", \"th-TH\"]",
        "[\"th-TH\"]",
        "language[7].accept",
        "expected the tag itself",
    ),
    (
        Dataset::Languages,
        "{ kind = \"always\" }",
        "{ kind = \"complement_of\", of = [\"000.jbr.chat\"] }",
        "language[0].hours",
        "is for desks",
    ),
    // Job codes.
    (Dataset::JobCodes, "\"toilet_removal\"", "\"toilet_remove\"", "job[0].special_if[0]", "no special work"),
    (Dataset::JobCodes, "minutes_p90 = 90", "minutes_p90 = 20", "job[0].minutes_p90", "expected p50 <= p90"),
    (Dataset::JobCodes, "minutes_p50 = 30", "minutes_p50 = 0", "job[0].minutes_p50", "somebody is sent"),
    (Dataset::JobCodes, "minutes_p50 = 30", "minutes_p50 = 30.5", "job[0].minutes_p50", "expected u16"),
    (
        Dataset::JobCodes,
        "[\"H-WATER-ELECTRIC\", ",
        "[\"H-NOTHING\", ",
        "job[4].hazards[0]",
        "no hazard 'H-NOTHING'",
    ),
    (Dataset::JobCodes, "\"P1\"", "\"P4\"", "job[0].priority", "`P4`"),
    // Hazards.
    (Dataset::Hazards, "= \"119\"", "= \"11９\"", "emergency_numbers.fire_ambulance_rescue", "short number"),
    (
        Dataset::Hazards,
        "holds_offers = true ",
        "holds_offers = \"yes\" ",
        "hazard[0].holds_offers",
        "boolean",
    ),
    // Programme 000.
    (
        Dataset::Programme000,
        "\"2026-01-01\"",
        "\"2026-02-01\"",
        "programme.service_start_date",
        "printed month",
    ),
    (Dataset::Programme000, "\"2026-01-01\"", "\"2026-01-41\"", "programme.service_start_date", ""),
    (
        Dataset::Programme000,
        "overtime_unit_price_incl_tax = 1100",
        "overtime_unit_price_incl_tax = 1000",
        "charging.overtime_unit_price_incl_tax",
        "plus the tax",
    ),
    (
        Dataset::Programme000,
        "tax_rate_percent = 10",
        "tax_rate_percent = 1000",
        "charging.tax_rate_percent",
        "0 to 100",
    ),
    (
        Dataset::Programme000,
        "free_minutes = 60",
        "free_minutes = 0",
        "charging.free_minutes",
        "expected 1 to",
    ),
    (Dataset::Programme000, "free_minutes = 60", "free_minutes = -1", "charging.free_minutes", "u32"),
    (
        Dataset::Programme000,
        "deductible_yen = \"unspecified\"",
        "deductible_yen = \"none\"",
        "liability.deductible_yen",
        "or \"unspecified\"",
    ),
    (
        Dataset::Programme000,
        "deductible_yen = \"unspecified\"",
        "deductible_yen = -1",
        "liability.deductible_yen",
        "is negative",
    ),
    (
        Dataset::Programme000,
        "shares_percent = \"unspecified\"",
        "shares_percent = [60, 30]",
        "insurer.shares_percent",
        "together 100",
    ),
    (
        Dataset::Programme000,
        "language_count = 13",
        "language_count = 14",
        "interpretation.language_count",
        "13 languages are on file",
    ),
    (
        Dataset::Programme000,
        "other_use_allowed = false",
        "other_use_allowed = true",
        "data_sharing.other_use_allowed",
        "D-02",
    ),
    // Covers.
    (Dataset::Programme003, "tenths = 114", "tenths = 11.4", "rate[0].tenths", "is a fraction"),
    (Dataset::Programme004, "sum_yen = 20000000", "sum_yen = -2", "benefit[0].sum_yen", "is negative"),
    // Liability triage and errata.
    (Dataset::LiabilityTriage, "\"example_covered\"", "\"covered\"", "scenario[0].p000", "`covered`"),
    (
        Dataset::LiabilityTriage,
        "\"001.central\"",
        "\"001.centre\"",
        "programme_summary[1].desk[0]",
        "no desk",
    ),
    (Dataset::Errata, "id = \"000-01\"", "id = \"009-01\"", "item[0].id", "no programme '009'"),
];

#[test]
fn a_missing_key_is_named() {
    let (documents, _) = spoilt(Dataset::Hazards, "then = \"P1; suspect common stack\"\n", "");
    let errors = Reference::from_documents(&documents).unwrap_err();
    let error = &errors.all()[0];
    assert_eq!(error.path.as_deref(), Some("hazard[8]"));
    assert!(error.message.contains("missing field `then`"), "{error}");
    let header = "[[hazard]]\nid = \"H-SEWAGE\"";
    let text = std::str::from_utf8(Dataset::Hazards.embedded()).unwrap();
    assert_eq!(error.line, Some(1 + text[..text.find(header).unwrap()].matches('\n').count()));
}

#[test]
fn a_default_that_is_not_allowed_is_refused_where_the_default_stands() {
    let (documents, line) =
        spoilt(Dataset::Programme000, "allowed_payers = [\"worker\", ", "allowed_payers = [");
    let errors = Reference::from_documents(&documents).unwrap_err();
    let error = &errors.all()[0];
    assert_eq!(error.path.as_deref(), Some("charging.policy.default_payer"), "{errors}");
    assert_eq!(error.line, Some(line - 1), "the default is the line before");
}

#[test]
fn a_circle_of_two_desks_is_seen() {
    let text = std::str::from_utf8(Dataset::Desks.embedded()).unwrap();
    let circle = "hours = { kind = \"complement_of\", of = [\"004.support_desk_after_hours\"] }\n[[desk]]";
    // 004.claims_day leans on the desk that leans on it.
    let from = text.find("id = \"004.claims_day\"").unwrap();
    let hours = from + text[from..].find("[desk.hours]").unwrap();
    let next = hours + text[hours..].find("[[desk]]").unwrap();
    let text = format!("{}{circle}{}", &text[..hours], &text[next + "[[desk]]".len()..]);
    let mut documents = embedded_documents();
    documents.insert(Dataset::Desks, Cow::Owned(text.into_bytes()));
    let errors = Reference::from_documents(&documents).unwrap_err();
    let paths: Vec<_> = errors.all().iter().map(|error| error.path.as_deref().unwrap()).collect();
    assert_eq!(paths, ["desk[11].hours.of", "desk[12].hours.of"], "{errors}");
}

#[test]
fn errors_of_several_documents_come_together_and_are_bounded() {
    let mut documents = embedded_documents();
    documents.remove(&Dataset::Errata);
    documents.insert(Dataset::Languages, Cow::Borrowed(&[0xff, 0xfe]));
    let spoilt = std::str::from_utf8(Dataset::JobCodes.embedded()).unwrap();
    let spoilt = spoilt.replace("minutes_p50 = ", "minutes_p50 = 2000 # ");
    documents.insert(Dataset::JobCodes, Cow::Owned(spoilt.into_bytes()));
    let errors = Reference::from_documents(&documents).unwrap_err();
    assert_eq!(errors.all().len(), error::ERRORS_MAX);
    assert_eq!(errors.all()[0].dataset, Dataset::Languages);
    assert!(errors.all()[0].message.contains("expected UTF-8"), "{errors}");
    assert!(
        errors.all()[1..].iter().all(|error| error.dataset == Dataset::JobCodes),
        "33 are wrong: {errors}"
    );

    documents = embedded_documents();
    documents.remove(&Dataset::Errata);
    let errors = Reference::from_documents(&documents).unwrap_err();
    assert_eq!(errors.to_string(), "errata: is missing; expected a document");
}
