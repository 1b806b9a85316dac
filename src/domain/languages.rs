//! Which language to go on in: whether an interpreter is there now, and what comes instead (I-05, I-07, N-01).

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    calendar::{Certainty, Holidays, Status},
    reference::languages::{Languages, NotServed},
    refusal::Refusal,
    span::{Instant, tokyo},
    text_enum::text_enum,
};

text_enum! {
    /// Whether an interpreter is there.
    pub enum Availability("availability") {
        /// Yes.
        Open = "open",
        /// Not at this hour.
        Closed = "closed",
        /// The hours are not configured: neither closed nor round the clock (I-05).
        Unspecified = "unspecified",
    }
}

/// Whether an interpreter is there now, and until when or from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Now {
    /// Whether an interpreter is there.
    pub availability: Availability,
    /// Until when it is open; absent round the clock.
    pub until: Option<DateTime<Utc>>,
    /// When it opens next.
    pub opens_at: Option<DateTime<Utc>>,
    /// How sure the holidays of this year are: where they are not known, a holiday is read as an ordinary day (T-02).
    pub holidays: Certainty,
}

impl Now {
    fn of(status: Status, holidays: Certainty) -> Self {
        let (availability, until, opens_at) = match status {
            Status::Open { until } => (Availability::Open, until, None),
            Status::Closed { opens_at } => (Availability::Closed, None, opens_at),
            Status::Unspecified => (Availability::Unspecified, None, None),
        };
        Self { availability, until, opens_at, holidays }
    }
}

impl Now {
    /// What the dispatcher does, in Japanese.
    #[must_use]
    pub fn advice_ja(self) -> String {
        let advice = self.said_ja();
        match self.holidays {
            Certainty::Unknown => {
                format!("{advice}(今年の祝日は登録されていません。祝日かどうか確認してください。)")
            }
            Certainty::Gazetted | Certainty::Provisional => advice,
        }
    }

    fn said_ja(self) -> String {
        match (self.availability, self.opens_at) {
            (Availability::Open, _) => "通訳は対応中です。三者間通話にしてください。".to_owned(),
            (Availability::Closed, Some(at)) => format!(
                "通訳は時間外です。次の受付は{}からです。緊急のときは通訳を待たず、下の順に対応してください。",
                tokyo(at).format("%-m月%-d日%-H時%M分")
            ),
            (Availability::Closed, None) => {
                "通訳は時間外です。次の受付は分かりません。下の順に対応してください。".to_owned()
            }
            (Availability::Unspecified, _) => "受付時間が設定されていません。通訳回線を呼び出し、つながったかどうかを記録してください。つながらないときは下の順に対応してください。"
                .to_owned(),
        }
    }

    /// What the dispatcher does, in English.
    #[must_use]
    pub fn advice_en(self) -> String {
        let advice = self.said_en();
        match self.holidays {
            Certainty::Unknown => {
                format!("{advice} No holidays of this year are on file: check whether today is one.")
            }
            Certainty::Gazetted | Certainty::Provisional => advice,
        }
    }

    fn said_en(self) -> String {
        match (self.availability, self.opens_at) {
            (Availability::Open, _) => "An interpreter is there: make it a three-way call.".to_owned(),
            (Availability::Closed, Some(at)) => format!(
                "Interpreters are off; next opening {} (Tokyo). An emergency never waits: go on in the order below.",
                tokyo(at).format("%Y-%m-%d %H:%M")
            ),
            (Availability::Closed, None) => {
                "Interpreters are off, next opening unknown: go on in the order below.".to_owned()
            }
            (Availability::Unspecified, _) => {
                "The hours are not configured. Try the interpreter line and record whether it answered; if it does \
                 not, go on in the order below."
                    .to_owned()
            }
        }
    }
}

/// Whether an interpreter of this stored tag is there now.
#[must_use]
pub fn now(languages: &Languages, tag: &str, at: Instant, holidays: &Holidays) -> Now {
    let status = languages.timetable(tag).map_or(Status::Unspecified, |hours| hours.status(at, holidays));
    Now::of(status, holidays.certainty(tokyo(at).date_naive()))
}

text_enum! {
    /// What comes instead of a language that is closed (I-07).
    pub enum Step("fallback") {
        /// Another language of the caller.
        OtherLanguage = "other_language",
        /// English.
        English = "english",
        /// やさしい日本語.
        PlainJapanese = "plain_japanese",
        /// A call-back when the language opens.
        CallBack = "call_back",
    }
}

/// One thing to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fallback {
    /// What it is.
    pub step: Step,
    /// The language to go on in.
    pub tag: String,
    /// Whether an interpreter of it is there now.
    #[serde(flatten)]
    pub now: Now,
}

/// What to try instead, in order: another language of the caller (open ones first), English, plain Japanese, a
/// call-back at the next opening where that is known.
#[must_use]
pub fn fallbacks(
    languages: &Languages,
    holidays: &Holidays,
    wanted: &str,
    also: &[String],
    at: Instant,
) -> Vec<Fallback> {
    let stands = |tag: &str| now(languages, tag, at, holidays);
    let mut order = Vec::new();
    for availability in [Availability::Open, Availability::Unspecified] {
        let fit = also.iter().filter(|tag| *tag != wanted && stands(tag).availability == availability);
        order.extend(fit.map(|tag| (Step::OtherLanguage, tag.clone())));
    }
    order.push((Step::English, "en".to_owned()));
    order.push((Step::PlainJapanese, languages.base().easy_tag.as_str().to_owned()));
    let mut listed: Vec<Fallback> = Vec::new();
    for (step, tag) in order {
        if tag != wanted && listed.iter().all(|known| known.tag != tag) {
            let now = stands(&tag);
            listed.push(Fallback { step, tag, now });
        }
    }
    let later = stands(wanted);
    if later.opens_at.is_some() {
        listed.push(Fallback { step: Step::CallBack, tag: wanted.to_owned(), now: later });
    }
    listed
}

/// The tag to store for a language that is read: where there are several scripts the script is asked for, and never
/// derived from a region (N-01).
pub fn reading(languages: &Languages, field: &str, given: &str) -> Result<String, Refusal> {
    let same = |tag: &str| tag.eq_ignore_ascii_case(given.trim());
    let scripts = languages.foreign().iter().flat_map(|language| &language.written);
    if let Some(script) = scripts.clone().find(|script| same(script.as_str())) {
        return Ok(script.as_str().to_owned());
    }
    let tag = languages.canonical(given).map_err(|error| not_served(languages, field, &error))?;
    let language = languages.foreign().iter().find(|language| language.tag == *tag);
    match language.map(|language| language.written.as_slice()) {
        None | Some([]) => Ok(tag.as_str().to_owned()),
        Some(scripts) => {
            let scripts: Vec<_> = scripts.iter().map(|script| script.as_str()).collect();
            let message = format!("ask which script is read and say it: {}", scripts.join(" or "));
            Err(Refusal::field(field, message))
        }
    }
}

/// Why a language is not served, and what is offered instead.
#[must_use]
pub fn not_served(languages: &Languages, field: &str, error: &NotServed) -> Refusal {
    let easy = &languages.base().easy_tag;
    let instead = match error {
        NotServed::Other { not, .. } => {
            let name = languages.foreign().iter().find(|language| language.tag == *not);
            let name = name.map_or("", |language| language.en.as_str());
            format!("{not} ({name}, if the caller speaks it), en, {easy}")
        }
        NotServed::Unknown { .. } => format!("en, {easy}, or another language of the caller"),
    };
    Refusal::field(field, format!("{error}; offered instead: {instead}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    fn at(text: &str) -> Instant {
        text.parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    #[test]
    fn vietnamese_opens_by_class_of_day() {
        // Section 6.4: Monday 23 November 2026 is a holiday, Tuesday is not.
        let reference = Reference::embedded().unwrap();
        let stands = |text| now(reference.languages(), "vi", at(text), reference.holidays());
        let monday = stands("2026-11-23T09:30:00+09:00");
        assert_eq!(
            (monday.availability, monday.opens_at),
            (Availability::Closed, Some(at("2026-11-23T10:00:00+09:00")))
        );
        let tuesday = stands("2026-11-24T09:30:00+09:00");
        assert_eq!(
            (tuesday.availability, tuesday.until),
            (Availability::Open, Some(at("2026-11-24T20:00:00+09:00")))
        );
        let nepali = now(reference.languages(), "ne", at("2026-11-24T09:30:00+09:00"), reference.holidays());
        assert_eq!(nepali.availability, Availability::Unspecified, "I-05");
    }

    #[test]
    fn what_comes_instead_is_in_the_order_of_the_rule() {
        let reference = Reference::embedded().unwrap();
        let tried = |also: &[&str]| {
            let also: Vec<_> = also.iter().map(|tag| (*tag).to_owned()).collect();
            let night = at("2026-11-24T03:00:00+09:00");
            let all = fallbacks(reference.languages(), reference.holidays(), "vi", &also, night);
            all.into_iter().map(|one| format!("{} {}", one.step, one.tag)).collect::<Vec<_>>()
        };
        assert_eq!(tried(&[]), ["english en", "plain_japanese ja-x-easy", "call_back vi"]);
        let expected = [
            "other_language pt-BR",
            "other_language th",
            "english en",
            "plain_japanese ja-x-easy",
            "call_back vi",
        ];
        assert_eq!(tried(&["th", "pt-BR", "vi"]), expected, "open ones first");
    }

    #[test]
    fn the_script_is_asked_for() {
        let reference = Reference::embedded().unwrap();
        let languages = reference.languages();
        assert_eq!(reading(languages, "f", "ZH-hant").unwrap(), "zh-Hant");
        assert_eq!(reading(languages, "f", "tl").unwrap(), "fil");
        for region in ["zh", "zh-TW", "zh-CN"] {
            assert!(reading(languages, "f", region).unwrap_err().to_string().contains("zh-Hans or zh-Hant"));
        }
        for (close, to) in [("yue", "zh (Chinese"), ("nan-TW", "zh (Chinese"), ("ceb", "fil (Tagalog")] {
            let error = languages.canonical(close).unwrap_err();
            let said = not_served(languages, "language", &error).to_string();
            assert!(said.contains(to) && said.contains("ja-x-easy"), "{said}");
        }
    }
}
