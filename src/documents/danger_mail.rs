//! The e-mails to a firm whose technician is on a job that has become dangerous, and is so no more (G-08). Both languages in
//! one letter, and nothing about the resident.

use super::offer_mail::{Letter, OfferFacts, lists, subject};

/// What is dangerous, and what follows.
#[derive(Debug, Clone)]
pub struct DangerFacts<'f> {
    /// What is known of the job from its offer.
    pub offer: OfferFacts<'f>,
    /// What is dangerous, or unchecked, in Japanese and in English.
    pub dangers: Vec<(String, String)>,
    /// What nobody may do meanwhile.
    pub restraint: Restraint,
}

/// What whoever is on a dangerous job refrains from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restraint {
    /// Nothing is begun but to make safe.
    MakeSafeOnly,
    /// The door is not opened: the identity cannot be checked (S-04).
    KeepShut,
    /// Nothing: they take care.
    Care,
}

/// The job has become dangerous.
#[must_use]
pub fn endangered(facts: &DangerFacts<'_>) -> Letter {
    let (list_ja, list_en) = lists(&facts.offer);
    let named: Vec<_> = facts.dangers.iter().map(|(ja, _)| ja.as_str()).collect();
    let named_en: Vec<_> = facts.dangers.iter().map(|(_, en)| en.as_str()).collect();
    let (title, label) = match facts.restraint {
        Restraint::KeepShut => {
            (("本人確認のお知らせ", "Identity not checked"), ("確認事項", "To be settled"))
        }
        _ => (("危険のお知らせ", "Danger at your job"), ("危険", "Danger")),
    };
    let (restraint_ja, restraint_en) = match facts.restraint {
        Restraint::MakeSafeOnly => (
            "安全の確認をお知らせするまで、安全確保のほかは作業を始めないでください。",
            "Until we tell you that it is safe, nothing may be begun but to make safe.",
        ),
        Restraint::KeepShut => (
            "本人確認の方法をお知らせするまで、開錠しないでください。",
            "Do not open the door until we tell you how the identity is checked.",
        ),
        Restraint::Care => ("十分にご注意ください。", "Please take care."),
    };
    let (danger_ja, danger_en) = (named.join("、"), named_en.join("; "));
    Letter {
        subject: subject(title.0, title.1, &facts.offer),
        text: format!(
            "お引き受けいただいた現場について、次のことが分かりました。作業員の方へすぐにお伝えのうえ、システムまたはお電話で\
             確認のご返答をお願いします。\n\n{}：{danger_ja}\n{restraint_ja}\n\n{list_ja}\n----\n\n\
             This has become known about the job you have accepted. Tell your technician at once, and acknowledge it in the \
             system or by telephone.\n\n{}: {danger_en}\n{restraint_en}\n\n{list_en}",
            label.0, label.1
        ),
    }
}

/// No danger is left.
#[must_use]
pub fn safe(facts: &OfferFacts<'_>) -> Letter {
    let (list_ja, list_en) = lists(facts);
    Letter {
        subject: subject("危険の解除", "Safe again", facts),
        text: format!(
            "お知らせした危険または本人確認の問題は解消されました。作業を始めていただけます。作業員の方へお伝えください。\n\n{list_ja}\n----\n\n\
             The danger, or the missing identity check, that we told you of is settled, and work may begin. Please tell your technician.\n\n{list_en}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{ids::OfferId, trade::Priority};

    fn facts(restraint: Restraint) -> DangerFacts<'static> {
        let offer = OfferFacts {
            offer: OfferId(Uuid::from_u128(7)),
            deadline: "2026-11-22T12:05:00Z".parse().unwrap(),
            job_code: "W-TOILET-CLOG",
            work: ("トイレのつまり", "Clogged toilet"),
            priority: Priority::P0,
            district: Some("名古屋市中区栄"),
            language: ("ネパール語", "Nepali"),
        };
        DangerFacts {
            offer, dangers: vec![("ガス臭い".to_owned(), "Smell of gas".to_owned())], restraint
        }
    }

    #[test]
    fn a_letter_names_the_danger_and_what_nobody_may_do_in_both_languages() {
        let letter = endangered(&facts(Restraint::MakeSafeOnly));
        assert!(letter.subject.starts_with("【危険のお知らせ】P0 "), "{}", letter.subject);
        for part in ["危険：ガス臭い", "安全確保のほかは", "Danger: Smell of gas", "nothing may be begun"]
        {
            assert!(letter.text.contains(part), "{part}\n{}", letter.text);
        }
        let unchecked = endangered(&facts(Restraint::KeepShut)).text;
        assert!(
            unchecked.contains("開錠しないでください") && unchecked.contains("Do not open the door"),
            "{unchecked}"
        );
        assert!(!unchecked.contains("危険") && !unchecked.contains("安全確保"), "{unchecked}");
        assert!(!endangered(&facts(Restraint::Care)).text.contains("nothing may be begun"));
        assert!(safe(&facts(Restraint::Care).offer).text.contains("解消されました"));
    }
}
