//! The e-mails to a firm about an offer: what may be known before it is accepted (Y-03) and nothing else. Both languages
//! in one letter: whoever sits in the office reads one of them.

use chrono::{DateTime, Utc};

use crate::domain::{ids::OfferId, offers::WithdrawCode, referrals::Language, trade::Priority};

/// What a letter may say. Words are in Japanese and in English.
#[derive(Debug, Clone)]
pub struct OfferFacts<'f> {
    /// The offer, to be named in the answer.
    pub offer: OfferId,
    /// Until when it can be accepted.
    pub deadline: DateTime<Utc>,
    /// Kind of trouble, as in `W-TOILET-CLOG`.
    pub job_code: &'f str,
    /// Kind of trouble, in words.
    pub work: (&'f str, &'f str),
    /// How urgent it is.
    pub priority: Priority,
    /// Municipality and town.
    pub district: Option<&'f str>,
    /// Language to speak with the resident.
    pub language: (&'f str, &'f str),
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// A new offer.
#[must_use]
pub fn made(facts: &OfferFacts<'_>) -> Letter {
    let (ja, en) = (Language::Ja.moment(facts.deadline), Language::En.moment(facts.deadline));
    let (list_ja, list_en) = lists(facts);
    Letter {
        subject: subject("出動依頼", "New offer", facts),
        text: format!(
            "出動の依頼です。{ja}までに、システムまたはお電話で受けられるかどうかをお知らせください。\n\n{list_ja}\n\
             お客様のお名前、ご住所、お電話番号は、お引き受け後にお知らせします。\n\n----\n\n\
             You are offered a job. Please accept or decline it by {en}, in the system or by telephone.\n\n{list_en}\n\
             Name, address and telephone number of the customer follow once it is accepted.\n"
        ),
    }
}

/// An offer that cannot be accepted any more, or an acceptance taken back.
#[must_use]
pub fn over(facts: &OfferFacts<'_>, code: Option<WithdrawCode>) -> Letter {
    let taken = code == Some(WithdrawCode::TakenByOther);
    let (head_ja, head_en, ja, en) = if taken {
        (
            "依頼終了（他社決定）",
            "Offer taken",
            "下記の依頼は、ほかの業者に決まりました。ご対応は不要です。",
            "The offer below was taken by another contractor. Nothing is left to do.",
        )
    } else {
        (
            "依頼取消",
            "Offer withdrawn",
            "下記の依頼は取り消されました。ご対応は不要です。",
            "The offer below was withdrawn. Nothing is left to do.",
        )
    };
    let (list_ja, list_en) = lists(facts);
    Letter {
        subject: subject(head_ja, head_en, facts),
        text: format!("{ja}\n\n{list_ja}\n----\n\n{en}\n\n{list_en}"),
    }
}

pub(super) fn subject(ja: &str, en: &str, facts: &OfferFacts<'_>) -> String {
    let district = facts.district.unwrap_or(Language::Ja.unknown());
    format!("【{ja}】{} {district} {} / {en}", facts.priority, facts.work.0)
}

pub(super) fn lists(facts: &OfferFacts<'_>) -> (String, String) {
    let (urgency_ja, urgency_en) = urgency(facts.priority);
    let place = |language: Language| facts.district.unwrap_or(language.unknown());
    (
        format!(
            "地域：{}\n内容：{}（{}）\n緊急度：{}（{urgency_ja}）\nお客様の言語：{}\n依頼番号：{}\n",
            place(Language::Ja),
            facts.work.0,
            facts.job_code,
            facts.priority,
            facts.language.0,
            facts.offer
        ),
        format!(
            "District: {}\nTrouble: {} ({})\nUrgency: {} ({urgency_en})\nCustomer's language: {}\nOffer: {}\n",
            place(Language::En),
            facts.work.1,
            facts.job_code,
            facts.priority,
            facts.language.1,
            facts.offer
        ),
    )
}

fn urgency(priority: Priority) -> (&'static str, &'static str) {
    match priority {
        Priority::P0 => ("緊急機関を優先", "emergency services first"),
        Priority::P1 => ("至急", "now"),
        Priority::P2 => ("本日中", "same day"),
        Priority::P3 => ("日時予約", "by appointment"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn facts() -> OfferFacts<'static> {
        OfferFacts {
            offer: OfferId(Uuid::from_u128(7)),
            deadline: "2026-11-22T12:05:00Z".parse().unwrap(),
            job_code: "W-TOILET-CLOG",
            work: ("トイレのつまり", "Clogged toilet"),
            priority: Priority::P1,
            district: Some("名古屋市中区栄"),
            language: ("ネパール語", "Nepali"),
        }
    }

    #[test]
    fn a_new_offer_says_what_may_be_known() {
        let letter = made(&facts());
        assert_eq!(letter.subject, "【出動依頼】P1 名古屋市中区栄 トイレのつまり / New offer");
        for part in [
            "2026年11月22日 21時05分までに",
            "by 22 November 2026, 21:05 (Japan time)",
            "地域：名古屋市中区栄\n内容：トイレのつまり（W-TOILET-CLOG）\n緊急度：P1（至急）\nお客様の言語：ネパール語\n",
            "District: 名古屋市中区栄\nTrouble: Clogged toilet (W-TOILET-CLOG)\nUrgency: P1 (now)\n",
        ] {
            assert!(letter.text.contains(part), "{part}\n{}", letter.text);
        }
    }

    #[test]
    fn what_is_over_says_why() {
        let taken = over(&facts(), Some(WithdrawCode::TakenByOther));
        assert!(
            taken.subject.starts_with("【依頼終了（他社決定）】") && taken.text.contains("taken by another")
        );
        let withdrawn = over(&facts(), Some(WithdrawCode::Cancelled));
        assert!(withdrawn.subject.starts_with("【依頼取消】") && withdrawn.text.contains("取り消されました"));
        let nowhere = OfferFacts { district: None, ..facts() };
        assert!(made(&nowhere).text.contains("地域：不明"));
    }
}
