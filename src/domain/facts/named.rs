//! What a report names must be on record when it is received: the language and the text of a consent, how it was
//! understood (G-05), the code of a special work (S-11). What is not makes the report doubtful; of the desk it is asked back
//! at once. The verdict is kept with the report, so that nothing that is on record later, or no more, changes it.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Consent, FactKind, JobOutcome, TRUST_SLACK, Understood, Unresolved};
use crate::domain::{
    charging::Answer,
    interpretations::Interpretation,
    reference::{ConsentText, Reference, consent_texts::ConsentTopic, job_codes::Licence},
    span::{Instant, tokyo},
    warrants::{Warrant, landlord_was_asked},
};

/// What is on record of a job that a report of one technician can name.
#[derive(Debug, Clone, Copy)]
pub struct OnRecord<'a> {
    /// Languages, texts and codes in force.
    pub reference: &'a Reference,
    /// The interpreters who were asked for the job, and in the calls of its case.
    pub interpretations: &'a [Interpretation],
    /// The languages that the technician speaks besides Japanese.
    pub speaks: &'a [String],
    /// The signatures of the job and the calls of its case, by id.
    pub proofs: &'a [Uuid],
    /// What the job is about, by its code.
    pub job_code: &'a str,
    /// Who answers for what in its case.
    pub warrants: &'a [Warrant],
    /// The licences that the firm does not have there (S-08).
    pub unlicensed: &'a [Licence],
}

/// Something that is not on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lack {
    /// What.
    pub unresolved: Unresolved,
    /// The field that names it.
    pub field: &'static str,
    /// What would be right.
    pub message: &'static str,
}

impl OnRecord<'_> {
    /// What a report names and nobody has on record; `behind` is how far its device's clock is behind.
    #[must_use]
    pub fn lacks(&self, what: &FactKind, behind: TimeDelta) -> Option<Lack> {
        match what {
            // A no charges nobody.
            FactKind::Consent(consent) if consent.answer() == Answer::Yes => self.of_consent(consent, behind),
            FactKind::SpecialWork { code, .. } => self.of_work(code.as_str()),
            FactKind::Completion { outcome: JobOutcome::Completed, .. } => {
                let kind = self.reference.job_codes().get(self.job_code)?;
                let of_landlord = || self.of_landlord(self.job_code, "kind");
                let asks_first = || kind.landlord_consent_required.then(of_landlord).flatten();
                self.of_licence(self.reference.job_codes().lasting_licence(kind), "outcome")
                    .or_else(asks_first)
            }
            _ => None,
        }
    }

    fn of_work(&self, code: &str) -> Option<Lack> {
        let codes = self.reference.job_codes();
        match codes.special_work(code) {
            Some(work) if !codes.may_need(self.job_code, work) => Some(Lack {
                unresolved: Unresolved::Work,
                field: "code",
                message: "no special work of this kind of trouble; see special_if in /v1/job-codes",
            }),
            Some(work) => {
                let of_landlord = || self.of_landlord(code, "code");
                let asks_first = || work.landlord_consent_required.then(of_landlord).flatten();
                self.of_licence(work.licence, "code").or_else(asks_first)
            }
            None => Some(Lack {
                unresolved: Unresolved::Work,
                field: "code",
                message: "no such special work; see /v1/job-codes",
            }),
        }
    }

    /// Whoever may only make safe does no lasting work (S-08).
    fn of_licence(&self, licence: Option<Licence>, field: &'static str) -> Option<Lack> {
        licence.filter(|licence| self.unlicensed.contains(licence)).map(|_| Lack {
            unresolved: Unresolved::Licence,
            field,
            message: "S-08: the firm is not designated there, and may only make safe",
        })
    }

    /// The lock belongs to the landlord (S-06).
    fn of_landlord(&self, done: &str, field: &'static str) -> Option<Lack> {
        let was_asked = landlord_was_asked(self.reference, done, self.job_code, self.warrants);
        (!was_asked).then_some(Lack {
            unresolved: Unresolved::Landlord,
            field,
            message: "S-06: record first that the landlord agrees, or that you answer for it (a warrant of the case)",
        })
    }

    fn of_consent(&self, consent: &Consent, behind: TimeDelta) -> Option<Lack> {
        let Ok(language) = self.reference.languages().canonical(consent.language()) else {
            return Some(Lack {
                unresolved: Unresolved::Language,
                field: "language",
                message: "G-05: not a language of the programme; see /v1/languages",
            });
        };
        let (asked_at, answered_at) = (consent.asked_at() + behind, consent.answered_at() + behind);
        let text = self.text(consent.text_version(), asked_at);
        if !text.is_some_and(|text| is_issued_in(text, language.as_str(), consent.understood())) {
            return Some(Lack {
                unresolved: Unresolved::Text,
                field: "text_version",
                message: "G-05: not issued in this language, nor in Japanese or English for an interpreter; see /v1/consent-texts",
            });
        }
        let is_understood = match consent.understood() {
            Understood::Technician => self.is_spoken(language.as_str()),
            Understood::Interpreter => {
                let then = |one: &&Interpretation| {
                    one.was_on_the_line(asked_at - TRUST_SLACK, answered_at + TRUST_SLACK)
                };
                let mut there = self.interpretations.iter().filter(then);
                let is_named =
                    |one: &Interpretation| is_named(one, consent.interpreter().unwrap_or_default());
                there.any(|one| one.language == language.as_str() && is_named(one))
            }
            Understood::Screen => true,
        };
        if !is_understood {
            return Some(Lack {
                unresolved: Unresolved::Understanding,
                field: "interpreter",
                message: "G-05: no interpreter of this language was on the line then, for this job or in a call of its case",
            });
        }
        let is_there = |proof: &str| proof.parse().is_ok_and(|id: Uuid| self.proofs.contains(&id));
        (!consent.evidence().is_none_or(is_there)).then_some(Lack {
            unresolved: Unresolved::Evidence,
            field: "evidence",
            message: "C-19: neither a signature of this job nor a call of its case",
        })
    }

    /// The text that is read before a charge, if it was issued by then.
    fn text(&self, version: &str, asked_at: Instant) -> Option<&ConsentText> {
        let text = self.reference.consent_texts().get(version)?;
        let was_issued = text.issued_on <= tokyo(asked_at).date_naive();
        (text.topic == ConsentTopic::Charge && was_issued).then_some(text)
    }

    /// Whoever works here speaks Japanese.
    fn is_spoken(&self, language: &str) -> bool {
        let base = self.reference.languages().base();
        [base.tag.as_str(), base.easy_tag.as_str()].contains(&language)
            || self.speaks.iter().any(|spoken| spoken == language)
    }
}

/// Whether a text was issued in the language; an interpreter reads it in Japanese or English.
fn is_issued_in(text: &ConsentText, language: &str, understood: Understood) -> bool {
    let has = |tag: &str| text.wording.contains_key(tag);
    has(language) || understood == Understood::Interpreter && (has("ja") || has("en"))
}

/// Whether an interpretation is the one that is named, by its id or by the code of who was asked.
fn is_named(one: &Interpretation, name: &str) -> bool {
    one.interpreter == name || one.id.0.to_string() == name.to_ascii_lowercase()
}
