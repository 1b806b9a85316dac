//! Cases: one trouble reported.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::CaseId,
    place::{JisCode, Point, PostalCode, Precision},
    text_enum::text_enum,
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

/// A case. Who it is about and where are kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
    /// Where the case is.
    pub state: CaseState,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Whom a case is about: personal data, erasable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Resident {
    /// Name as on the card, Latin letters (N-03).
    pub name: String,
    /// The name in kana, for reading aloud (N-03).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_kana: Option<String>,
    /// Telephone number (E.164).
    pub phone: String,
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
