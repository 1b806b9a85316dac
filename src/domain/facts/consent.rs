//! The payer's answer before anything is charged (C-18, C-19).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ShortCode, Understood,
    words::{BadWord, of_this_century},
};
use crate::domain::{
    charging::{Answer, CAP_UNITS_MAX, PARTS_MAX, PRICE_YEN_MAX, QUANTITY_MAX},
    reference::programme::Payer,
    span::Instant,
};

/// Highest amount one answer can agree to, in yen.
const CAP_YEN_MAX: i64 = PRICE_YEN_MAX * QUANTITY_MAX;

/// One question to the payer and its answer. Refused when it contradicts itself: it was answered before it was asked,
/// or its items alone exceed its cap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "ConsentForm")]
pub struct Consent {
    /// What was asked about.
    #[schema(min_items = 1, max_items = 100)]
    covers: Vec<ConsentCover>,
    /// The most that all of it together may cost, tax included: the job's overtime from its first unit, and the items.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    cap_yen: i64,
    /// Who was asked, and pays (C-23).
    payer: Payer,
    /// The language it was asked in (BCP 47).
    language: ShortCode,
    /// How it was understood: through the interpreter where one is named, else by the technician, when not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    understood: Option<Understood>,
    /// The interpreter: the id of an interpretation of this job or of a call of its case, or the code under which the
    /// interpreter was asked there; absent when none was needed.
    interpreter: Option<ShortCode>,
    /// Version of the text that was read out, as in `GET /v1/consent-texts`.
    text_version: ShortCode,
    /// When it was asked, by the device's clock.
    asked_at: DateTime<Utc>,
    /// When it was answered, by the device's clock; not before it was asked.
    answered_at: DateTime<Utc>,
    /// The answer.
    answer: Answer,
    /// The id of an evidence of kind `signature` of this job, or of a call of its case that was recorded. A signature may come
    /// later: until it is there, the consent is doubtful.
    evidence: Option<ShortCode>,
}

/// One thing a consent is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ConsentCover {
    /// Overtime.
    Overtime {
        /// Units of the whole job, the first included: a total, not "so many more".
        #[schema(minimum = 0, maximum = 100_000)]
        cap_units: i64,
    },
    /// A part or a special work.
    Item {
        /// The key its reports carry.
        item: Uuid,
        /// The most that all of it may cost, tax included.
        #[schema(minimum = 0, maximum = 1_000_000_000)]
        max_yen: i64,
    },
}

/// A consent as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConsentForm {
    covers: Vec<ConsentCover>,
    cap_yen: i64,
    payer: Payer,
    language: ShortCode,
    understood: Option<Understood>,
    interpreter: Option<ShortCode>,
    text_version: ShortCode,
    asked_at: Instant,
    answered_at: Instant,
    answer: Answer,
    evidence: Option<ShortCode>,
}

impl TryFrom<ConsentForm> for Consent {
    type Error = BadWord;

    fn try_from(form: ConsentForm) -> Result<Self, BadWord> {
        let (asked_at, answered_at) =
            (of_this_century("asked_at", form.asked_at)?, of_this_century("answered_at", form.answered_at)?);
        if answered_at < asked_at {
            return Err(BadWord::of("answered_at", "must not be before asked_at"));
        }
        if !(0..=CAP_YEN_MAX).contains(&form.cap_yen) {
            return Err(BadWord::of("cap_yen", &format!("must be 0 to {CAP_YEN_MAX}")));
        }
        if items_yen(checked(&form.covers)?) > form.cap_yen {
            return Err(BadWord::of("cap_yen", "must not be less than the items together"));
        }
        if form.understood.is_some_and(|way| (way == Understood::Interpreter) != form.interpreter.is_some()) {
            return Err(BadWord::of(
                "interpreter",
                "name one where it was understood through one, and only there",
            ));
        }
        Ok(Self {
            covers: form.covers,
            cap_yen: form.cap_yen,
            payer: form.payer,
            language: form.language,
            understood: form.understood,
            interpreter: form.interpreter,
            text_version: form.text_version,
            asked_at,
            answered_at,
            answer: form.answer,
            evidence: form.evidence,
        })
    }
}

fn checked(covers: &[ConsentCover]) -> Result<&[ConsentCover], BadWord> {
    if covers.is_empty() || covers.len() > PARTS_MAX {
        return Err(BadWord::of("covers", &format!("must have 1 to {PARTS_MAX} entries")));
    }
    for (index, cover) in covers.iter().enumerate() {
        let (name, value, most) = match *cover {
            ConsentCover::Overtime { cap_units } => ("cap_units", cap_units, CAP_UNITS_MAX),
            ConsentCover::Item { max_yen, .. } => ("max_yen", max_yen, CAP_YEN_MAX),
        };
        if !(0..=most).contains(&value) {
            return Err(BadWord::of(&format!("covers[{index}].{name}"), &format!("must be 0 to {most}")));
        }
    }
    Ok(covers)
}

fn items_yen(covers: &[ConsentCover]) -> i64 {
    let items = covers.iter().map(|cover| match *cover {
        ConsentCover::Item { max_yen, .. } => max_yen,
        ConsentCover::Overtime { .. } => 0,
    });
    items.sum()
}

impl Consent {
    /// What was asked about.
    #[must_use]
    pub fn covers(&self) -> &[ConsentCover] {
        &self.covers
    }

    /// What the cap leaves for overtime once the items are paid.
    #[must_use]
    pub fn overtime_yen(&self) -> i64 {
        self.cap_yen - items_yen(&self.covers)
    }

    /// The most it may cost in all.
    #[must_use]
    pub fn cap_yen(&self) -> i64 {
        self.cap_yen
    }

    /// In which language it was asked.
    #[must_use]
    pub fn language(&self) -> &str {
        self.language.as_str()
    }

    /// How it was understood.
    #[must_use]
    pub fn understood(&self) -> Understood {
        let way = if self.interpreter.is_some() { Understood::Interpreter } else { Understood::Technician };
        self.understood.unwrap_or(way)
    }

    /// Code of the interpreter, where one was in between.
    #[must_use]
    pub fn interpreter(&self) -> Option<&str> {
        self.interpreter.as_ref().map(ShortCode::as_str)
    }

    /// Version of the text that was read out.
    #[must_use]
    pub fn text_version(&self) -> &str {
        self.text_version.as_str()
    }

    /// Reference of the signature or of the recording, where there is one.
    #[must_use]
    pub fn evidence(&self) -> Option<&str> {
        self.evidence.as_ref().map(ShortCode::as_str)
    }

    /// Who pays.
    #[must_use]
    pub fn payer(&self) -> Payer {
        self.payer
    }

    /// When it was asked, by the device's clock.
    #[must_use]
    pub fn asked_at(&self) -> Instant {
        self.asked_at
    }

    /// When it was answered, by the device's clock.
    #[must_use]
    pub fn answered_at(&self) -> Instant {
        self.answered_at
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.answer
    }
}
