//! Cases: one trouble reported.

mod correction;
mod flat;
#[cfg(test)]
pub(crate) mod sample;

use serde::{Deserialize, Serialize};

use super::{
    calls::Purpose,
    ids::CaseId,
    phone::Phone,
    place::{JisCode, PinWord, Point, PostalCode, Precision},
    refusal::{CaseRefused, Closing, Obstacle, Refusal},
    span::Instant,
    text_enum::text_enum,
    trade::Trade,
};

pub use self::{
    correction::{Fate, Moved, PinMove},
    flat::FlatCase,
};

text_enum! {
    /// What the trouble is (section 1.3); a case has one or more (K-01).
    pub enum Category("category") {
        /// 水回りのトラブル.
        Water = "water",
        /// 部屋の鍵に関するトラブル.
        Lock = "lock",
        /// A liability incident.
        Liability = "liability",
        /// A consultation.
        Consultation = "consultation",
    }
}

impl Category {
    /// That whose jobs a trade does.
    #[must_use]
    pub fn of(trade: Trade) -> Self {
        match trade {
            Trade::Water => Self::Water,
            Trade::Lock => Self::Lock,
        }
    }

    /// These in order, each once.
    #[must_use]
    pub fn distinct(mut categories: Vec<Self>) -> Vec<Self> {
        categories.sort();
        categories.dedup();
        categories
    }
}

text_enum! {
    /// Whether the person is entitled (E-01 to E-05); the unverified are served.
    pub enum Eligibility("eligibility") {
        /// Confirmed.
        Eligible = "eligible",
        /// Not confirmed yet: serve first, verify later (E-05).
        Unverified = "unverified",
        /// Confirmed not to be entitled.
        NotEligible = "not_eligible",
    }
}

text_enum! {
    /// How it was found out whether somebody is entitled (E-05), best first.
    pub enum EligibilityBasis("eligibility basis") {
        /// Imported from the sponsor or the host company.
        RegistryImport = "registry_import",
        /// Name of the host company and of the worker.
        HostCompanyAndName = "host_company_and_name",
        /// The host company was called back in its desk hours.
        HostCallBack = "host_call_back",
        /// The worker says so.
        WorkerStatement = "worker_statement",
    }
}

text_enum! {
    /// Who rents the flat.
    pub enum LesseeKind("lessee kind") {
        /// The worker.
        Worker = "worker",
        /// The host company rents it and provides it.
        HostCompany = "host_company",
        /// It is the host company's own.
        HostOwned = "host_owned",
        /// Not known yet.
        Unknown = "unknown",
    }
}

text_enum! {
    /// Whether the worker was spoken with, where somebody else has called (K-05).
    pub enum SpokenWithWorker("answer") {
        /// Yes.
        Yes = "yes",
        /// Tried, and not reachable.
        NotReachable = "not_reachable",
    }
}

text_enum! {
    /// Whether somebody else was harmed (K-02).
    pub enum LiabilityFlag("liability flag") {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Not known yet; must be answered before the case can close.
        Unknown = "unknown",
    }
}

text_enum! {
    /// Where a case is.
    pub enum CaseState("case state") {
        /// Being worked on.
        Open = "open",
        /// Finished.
        Closed = "closed",
    }
}

text_enum! {
    /// Why a closed case is opened again.
    pub enum ReopenReason("reason for reopening") {
        /// It was not put right.
        NotSolved = "not_solved",
        /// It was put right and has come back (C-14).
        CameBack = "came_back",
        /// Something is wrong with what was done.
        Complaint = "complaint",
        /// There is more to know or to do.
        MoreToDo = "more_to_do",
        /// It should not have been closed.
        ClosedByMistake = "closed_by_mistake",
    }
}

impl ReopenReason {
    /// Why a call that is attached to a closed case opens it again; whoever only asks does not.
    #[must_use]
    pub fn of_call(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::WhereIsHe => None,
            Purpose::GoesOn => Some(Self::NotSolved),
            Purpose::Complaint => Some(Self::Complaint),
            Purpose::MoreInformation | Purpose::Other => Some(Self::MoreToDo),
        }
    }
}

/// A case. Who it is about and where are kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatCase", into = "FlatCase")]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Its number, to be said on the telephone: day in Tokyo and running number, as in `261122-0007`.
    pub number: String,
    /// The programme that entitles the person.
    pub programme: String,
    /// What the trouble is.
    pub categories: Vec<Category>,
    /// Language to speak with the person (BCP 47).
    pub language: String,
    /// Language to write to the person (BCP 47): asked, never derived from a region (N-01).
    pub reading_language: Option<String>,
    /// Whether the person is entitled.
    pub eligibility: Eligibility,
    /// How that was found out (E-05).
    pub eligibility_basis: Option<EligibilityBasis>,
    /// Who rents the flat.
    pub lessee_kind: LesseeKind,
    /// Whether the worker was spoken with, where somebody else has called (K-05).
    pub spoken_with_worker: Option<SpokenWithWorker>,
    /// What a consultation is about (S-12).
    pub topic: Option<String>,
    /// Whether somebody else was harmed.
    pub liability_flag: LiabilityFlag,
    /// When it was opened.
    pub opened_at: Instant,
    /// Where it is.
    pub stage: CaseStage,
}

/// Where a case is. [`CaseState`] is its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseStage {
    /// Being worked on.
    Open,
    /// Finished.
    Closed {
        /// When.
        at: Instant,
    },
}

impl Case {
    /// The code of where it is.
    #[must_use]
    pub fn state(&self) -> CaseState {
        match self.stage {
            CaseStage::Open => CaseState::Open,
            CaseStage::Closed { .. } => CaseState::Closed,
        }
    }

    /// When it was closed.
    #[must_use]
    pub fn closed_at(&self) -> Option<Instant> {
        match self.stage {
            CaseStage::Open => None,
            CaseStage::Closed { at } => Some(at),
        }
    }

    /// Refuses to go on with a case that is closed.
    pub fn must_be_open(&self) -> Result<(), Refusal> {
        match self.stage {
            CaseStage::Open => Ok(()),
            CaseStage::Closed { .. } => Err(CaseRefused::Closed.into()),
        }
    }

    /// The case closed, unless something is in the way.
    pub fn closed(self, obstacles: Vec<Obstacle>, now: Instant) -> Result<Self, Refusal> {
        if self.stage != CaseStage::Open {
            return Err(CaseRefused::ClosedAlready.into());
        }
        Closing::check(obstacles)?;
        Ok(Self { stage: CaseStage::Closed { at: now }, ..self })
    }

    /// Why a call that is attached to it opens it again: it is not over, whatever was thought when it was closed.
    #[must_use]
    pub fn reopened_by(&self, purpose: Purpose) -> Option<ReopenReason> {
        ReopenReason::of_call(purpose).filter(|_| self.stage != CaseStage::Open)
    }

    /// The case opened again.
    pub fn reopened(self) -> Result<Self, Refusal> {
        match self.stage {
            CaseStage::Open => Err(CaseRefused::OpenAlready.into()),
            CaseStage::Closed { .. } => Ok(Self { stage: CaseStage::Open, ..self }),
        }
    }
}

/// Whom a case is about: personal data, erasable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Resident {
    /// Name as on the card, Latin letters (N-03).
    pub name: String,
    /// The name in kana, for reading aloud (N-03).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_kana: Option<String>,
    /// Telephone number (E.164); nothing where nobody has told one yet.
    pub phone: Option<Phone>,
}

/// What else is personal about a case and is not for contractors (Y-03): erasable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Background {
    /// Name of the host company.
    pub host_company: Option<String>,
    /// The language as the person names it (N-01).
    pub language_wish: Option<String>,
}

/// Where a case is: personal data, erasable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Postal code.
    pub postal_code: PostalCode,
    /// Municipality (the ward where there are wards).
    pub jis_code: JisCode,
    /// Town, as in the gazetteer; empty where the code covers the whole municipality.
    pub town: String,
    /// Block and house number.
    pub address: String,
    /// Building.
    pub building: Option<String>,
    /// Room number, kept apart: 205号室 is never part of a town.
    pub room: Option<String>,
    /// How to get in: auto-lock, parking, dog.
    pub access_notes: Option<String>,
    /// Where that is.
    pub point: Point,
    /// How well the point is known.
    pub precision: Precision,
}

/// A pin that a person has put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pin {
    /// Where.
    pub at: Point,
    /// What that person says of it.
    pub word: Option<PinWord>,
}

/// A pin may be so far from its town without a word, in metres (G-13).
const PIN_REACH_M: i64 = 1_000;
/// So many times as far as the town's own spread.
const PIN_SPREADS: i64 = 3;

impl Site {
    /// The place the gazetteer has, at a pin; how far away that is in metres where it was confirmed because it is far from its
    /// town (G-13).
    pub fn pinned(self, pin: Pin) -> Result<(Self, Option<i64>), Refusal> {
        let metres = self.point.whole_metres_to(pin.at);
        let spread = self.precision.error_p90_m().unwrap_or_default();
        let reach = PIN_REACH_M.max(PIN_SPREADS * spread);
        let far = (metres > reach).then_some(metres);
        match (far, pin.word) {
            (Some(metres), None) => Err(CaseRefused::PinFarFromTown(metres, reach).into()),
            _ => Ok((Self { point: pin.at, precision: Precision::Pin, ..self }, far)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn site(precision: Precision) -> Site {
        Site {
            postal_code: "4600008".parse().unwrap(),
            jis_code: "23106".parse().unwrap(),
            town: "栄".to_owned(),
            address: "3-15-27".to_owned(),
            building: None,
            room: None,
            access_notes: None,
            point: Point::in_japan(35.0, 137.0).unwrap(),
            precision,
        }
    }

    /// A pin so far to the north: 0.001 degrees are 111 m.
    fn north(millidegrees: f64, word: Option<PinWord>) -> Pin {
        Pin { at: Point::in_japan(35.0 + millidegrees / 1_000.0, 137.0).unwrap(), word }
    }

    #[test]
    fn a_pin_far_from_its_town_is_confirmed_by_a_person() {
        // Known exactly: 1 km. A town: three times 600 m. The municipal office: three times 12 km.
        for (precision, near, far) in [
            (Precision::Pin, 8.9, 9.1),
            (Precision::Town, 16.1, 16.3),
            (Precision::Municipality, 323.0, 324.5),
        ] {
            let (pinned, confirmed) = site(precision).pinned(north(near, None)).unwrap();
            assert_eq!((pinned.precision, confirmed), (Precision::Pin, None), "{precision}");
            let refused = site(precision).pinned(north(far, None)).unwrap_err();
            let Refusal::State(refused) = refused else { panic!("{refused}") };
            assert_eq!((refused.code(), refused.rule()), ("pin_far_from_town", Some("G-13")), "{precision}");
            let far = north(far, Some(PinWord::FarFromTown));
            let (pinned, confirmed) = site(precision).pinned(far).unwrap();
            assert_eq!(pinned.point, far.at);
            assert!(confirmed.is_some(), "{precision}");
            // A word that was not needed confirms nothing.
            let (_, confirmed) = site(precision).pinned(north(near, Some(PinWord::FarFromTown))).unwrap();
            assert_eq!(confirmed, None, "{precision}");
        }
    }
}
