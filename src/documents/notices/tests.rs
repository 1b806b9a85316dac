//! Notices never promise, never leave a gap, never say more than they must.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::referrals::DeskHours;

/// What no template may say: who must pay, that all is free (C-21).
const FORBIDDEN: &[&str] = &[
    "must pay",
    "will pay",
    "has to pay",
    "pays for",
    "liable",
    "responsible for the cost",
    "always free",
    "free of charge",
    "新たな金銭負担はありません",
    "無料です",
    "いつでも無料",
    "負担してください",
    "負担すべき",
    "負担義務",
    "お支払いください",
    "払ってください",
    "払(はら)って ください",
    "大家さんが払",
    "の責任です",
    "なおします",
    "0円",
];

fn templates() -> impl Iterator<Item = (To, Language, &'static str)> {
    TEMPLATES.iter().copied()
}

fn recipient(kind: RecipientKind, name: &str) -> Recipient {
    Recipient {
        kind,
        name: Some(name.to_owned()),
        phone: Some("+81525550177".to_owned()),
        email: None,
        hours: DeskHours::read(json!({ "kind": "windows", "windows": [
            { "days": ["weekday", "sat"], "from": "10:00", "to": "18:00" }] }))
        .unwrap(),
        emergency_phone: None,
    }
}

fn facts<'a>(recipients: &'a [Recipient], lessee_kind: LesseeKind) -> Facts<'a> {
    Facts {
        case_no: "261122-0001",
        by_centre: true,
        resident: Some("Ram Example"),
        resident_phone: Some("+818055500101"),
        language: "ネパール語",
        property: Some("栄ハイツ"),
        room: Some("205"),
        address: Some("名古屋市中区栄3-15-27"),
        noticed_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        written_at: "2026-11-22T12:30:00Z".parse().unwrap(),
        component: Component::Ceiling,
        part: Part::Common,
        reason: ReferralReason::CommonArea,
        symptom: Some("天井から水"),
        stop_gap: Some(("バケツで受けた", None, Some("本人"))),
        lessee_kind,
        recipients,
        photos: 2,
        centre: ("架空受付", "0120-000-000"),
        charges_yen: 0,
    }
}

#[test]
fn no_template_says_what_must_not_be_said() {
    assert_eq!(templates().count(), To::ALL.len() * Language::ALL.len());
    for (to, language, template) in templates() {
        let plain = template.to_lowercase();
        for phrase in FORBIDDEN {
            assert!(!plain.contains(phrase), "{to} {language}: {phrase}");
        }
    }
}

#[test]
fn the_words_do_not_say_it_either() {
    for language in Language::ALL {
        let words = ReferralReason::ALL.iter().map(|reason| language.reason(*reason));
        let words = words.chain(Part::ALL.iter().map(|part| language.part(*part)));
        for word in words {
            assert!(FORBIDDEN.iter().all(|phrase| !word.contains(phrase)), "{word}");
        }
        for reason in [
            ReferralReason::Wear,
            ReferralReason::CommonArea,
            ReferralReason::Both,
            ReferralReason::BuildingDefect,
        ] {
            let word = language.reason(reason);
            assert!(["思われる", "appears", "のようです"].iter().any(|hedge| word.contains(hedge)), "{word}");
        }
    }
}

#[test]
fn a_letter_to_the_landlord_reads_as_one() {
    let recipients = [recipient(RecipientKind::ManagementCompany, "架空管理")];
    let letter = notice(To::Landlord, Language::Ja, &facts(&recipients, LesseeKind::Worker)).unwrap();
    assert_eq!(letter.subject, "【ご連絡】栄ハイツ 205号室 設備不具合のお知らせ(受付番号 261122-0001)");
    assert_eq!(letter.template_version, "referral-landlord-ja/1");
    for line in [
        "架空管理 様(家主様・管理会社様)",
        "Ram Example様(入居者)に代わり、入居者ご本人の同意を得てご連絡いたします。",
        "1. 物件・部屋: 栄ハイツ 205号室(名古屋市中区栄3-15-27)",
        "3. 気づいた日時: 2026年11月22日 21時00分",
        "4. 場所・設備: 天井(上からの水漏れ)(共用部分と思われる)",
        "6. 応急処置: バケツで受けた(本人)",
        "10. 折り返し先: 架空受付 0120-000-000(対応言語: ネパール語)",
    ] {
        assert!(letter.text.lines().any(|found| found == line), "{line}\n{}", letter.text);
    }
    assert!(!letter.text.contains("+818055500101"), "the centre is called back, not the resident");
    let own = notice(
        To::Landlord,
        Language::En,
        &Facts { by_centre: false, ..facts(&recipients, LesseeKind::Worker) },
    )
    .unwrap();
    assert!(own.text.contains("I am Ram Example, the resident."), "{}", own.text);
    assert!(own.text.contains("Call back: Ram Example +818055500101"), "{}", own.text);
}

#[test]
fn the_resident_is_told_whom_to_call_and_when() {
    let both = [
        recipient(RecipientKind::ManagementCompany, "架空管理"),
        recipient(RecipientKind::HostCompany, "架空建設"),
    ];
    let note = notice(
        To::Resident,
        Language::Easy,
        &Facts { by_centre: false, ..facts(&both, LesseeKind::HostCompany) },
    )
    .unwrap();
    for part in [
        "ここに 電話(でんわ)を して ください: 架空管理 +81525550177",
        "10:00–18:00",
        "架空建設",
        "0120-000-000",
    ] {
        assert!(note.text.contains(part), "{part}\n{}", note.text);
    }
    let alone = notice(
        To::Resident,
        Language::Easy,
        &Facts { by_centre: false, ..facts(&both[..1], LesseeKind::Worker) },
    )
    .unwrap();
    assert!(!alone.text.contains("架空建設"), "{}", alone.text);
}

#[test]
fn a_room_is_a_room_once() {
    for said in ["205", "205号室", "205号", "205室"] {
        assert_eq!(Language::Ja.room(said), "205号室");
        assert_eq!(Language::En.room(said), "205");
    }
}

proptest! {
    /// Whatever is known or not: nothing stays unfilled, and what is not known is said to be unknown.
    #[test]
    fn nothing_stays_unfilled(
        to in prop::sample::select(To::ALL),
        language in prop::sample::select(Language::ALL),
        lessee in prop::sample::select(LesseeKind::ALL),
        component in prop::sample::select(Component::ALL),
        reason in prop::sample::select(ReferralReason::ALL),
        part in prop::sample::select(Part::ALL),
        by_centre in any::<bool>(),
        known in any::<bool>(),
        symptom in "\\PC{1,20}",
    ) {
        let recipients = [recipient(RecipientKind::Landlord, "架空 太郎")];
        let mut facts = facts(if known { &recipients } else { &[] }, lessee);
        facts.by_centre = by_centre;
        (facts.component, facts.reason, facts.part) = (component, reason, part);
        facts.symptom = Some(&symptom);
        if !known {
            facts.resident = None;
            facts.resident_phone = None;
            facts.property = None;
            facts.room = None;
            facts.address = None;
            facts.symptom = None;
            facts.stop_gap = None;
        }
        let notice = notice(to, language, &facts).unwrap();
        let all = format!("{}\n{}", notice.subject, notice.text);
        // What the resident says may hold anything, and is there only where it is known.
        let all = if known { all.replace(&symptom, "") } else { all };
        prop_assert!(!all.contains("{{") && !all.contains("}}"), "{}", all);
        prop_assert!(!["[centre]", "[resident]", "[host]"].iter().any(|mark| all.contains(mark)), "{}", all);
        prop_assert!(!notice.subject.trim().is_empty() && !notice.text.trim().is_empty());
        if !known {
            prop_assert!(all.contains(language.unknown()), "{}", all);
        }
    }
}
