//! A programme that sends people out: who is served, by whom, for what (sections 1.2 to 1.6).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::charging::Charging;
use super::insurance::{Insurer, Liability};
use crate::domain::reference::basis::Basis;
use crate::domain::reference::codes::ProgrammeId;
use crate::domain::reference::desk::LanguageWindows;
use crate::domain::reference::document::{Document, Findings};
use crate::domain::reference::error::ReferenceError;
use crate::domain::reference::job_codes::ReferralGround;
use crate::domain::reference::zone::Zone;
use crate::domain::text_enum::text_enum;
use crate::domain::trade::Trade;

/// The terms of a call-out programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOut {
    /// Its id.
    pub id: ProgrammeId,
    /// Its Japanese name.
    pub name_ja: String,
    /// Its English name.
    pub name_en: String,
    /// Who pays for it all, in Japanese.
    pub sponsor_ja: String,
    /// The same in English.
    pub sponsor_en: String,
    /// First day of service (E-04).
    pub service_start: NaiveDate,
    /// Where the money comes from.
    pub funding_ja: String,
    /// Who is served.
    pub eligibility: Eligibility,
    /// The services.
    pub services: Vec<Service>,
    /// The categories of a call.
    pub categories: Vec<CallCategory>,
    /// What is free and what is not.
    pub charging: Charging,
    /// What belongs to the landlord.
    pub referral: Referral,
    /// Interpreters.
    pub interpretation: Interpretation,
    /// What the claims-support company is told.
    pub data_sharing: DataSharing,
    /// The liability cover.
    pub liability: Liability,
    /// Who insures.
    pub insurer: Insurer,
}

impl CallOut {
    /// Whether the service runs on `date` in Tokyo (E-04).
    #[must_use]
    pub fn is_in_service(&self, date: NaiveDate) -> bool {
        self.service_start <= date
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    id: ProgrammeId,
    name_ja: String,
    name_en: String,
    sponsor_ja: String,
    sponsor_en: String,
    service_start_month: String,
    service_start_date: NaiveDate,
    funding_ja: String,
    extra_cost_to_host: bool,
    extra_cost_to_worker: bool,
    timezone: Zone,
}

/// Who is served (E-01 to E-03).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// As printed.
    pub who_ja: String,
    /// In English.
    pub who_en: String,
    /// Residence status on the day of the incident.
    pub residence_status: String,
    /// Field of work on that day.
    pub field: String,
    /// Whether the family is served.
    pub family_members_covered: bool,
    /// Whether the employer is served.
    pub host_company_covered: bool,
    /// Whether one must have joined.
    pub enrolment_required: bool,
    /// Where this comes from.
    pub basis: Basis,
}

/// A service of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Which.
    pub id: ServiceId,
    /// Its Japanese name.
    pub name_ja: String,
    /// Other spellings in print.
    #[serde(default)]
    pub name_variants_ja: Vec<String>,
    /// Hours as printed.
    pub availability_ja: Option<String>,
    /// Hours, where they are round the clock (K-03).
    pub availability: Option<PrintedAvailability>,
    /// Who runs it.
    pub operator: Option<Operator>,
    /// Who helps with claims.
    pub claims_support: Option<Operator>,
    /// Where this comes from.
    pub basis: Basis,
}

text_enum! {
    /// Which service.
    pub enum ServiceId("service") {
        /// 緊急駆けつけサービス.
        EmergencyCallout = "emergency_callout",
        /// 個人賠償責任保険.
        PersonalLiability = "personal_liability",
        /// 日常のトラブル・相談事.
        DailyLifeConsultation = "daily_life_consultation",
    }
}

text_enum! {
    /// When a service runs.
    pub enum PrintedAvailability("availability") {
        /// Round the clock, every day.
        Always = "always",
    }
}

text_enum! {
    /// A company with a part in the programme (section 1.1).
    pub enum Operator("operator") {
        /// The call centre and call-out operator.
        Jbr = "jbr",
        /// The claims-support company.
        Inss = "inss",
    }
}

/// A category of call, as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallCategory {
    /// Which.
    pub id: PrintedCategory,
    /// As printed.
    pub ja: String,
    /// Printed examples.
    #[serde(default)]
    pub seed_examples_ja: Vec<String>,
    /// Printed headline.
    pub seed_headline_ja: Option<String>,
    /// Whether somebody is ever sent.
    pub dispatchable: bool,
    /// For us.
    pub note: Option<String>,
}

text_enum! {
    /// A category as printed (section 1.3).
    pub enum PrintedCategory("printed category") {
        /// 水回りのトラブル.
        Water = "water",
        /// 部屋の鍵に関するトラブル.
        Lock = "lock",
        /// 個人賠償事案を含む日常のトラブル・相談事.
        LiabilityOrDaily = "liability_or_daily",
    }
}

impl PrintedCategory {
    /// The trade it sends, if any.
    #[must_use]
    pub fn trade(self) -> Option<Trade> {
        match self {
            Self::Water => Some(Trade::Water),
            Self::Lock => Some(Trade::Lock),
            Self::LiabilityOrDaily => None,
        }
    }
}

/// What is handed to the landlord or management company (section 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referral {
    /// As printed.
    pub seed_ja: String,
    /// Why.
    pub reasons: Vec<ReferralGround>,
    /// To whom.
    pub refer_to: Vec<ReferralTarget>,
    /// Who tells them (A10).
    pub who_contacts: WhoContacts,
    /// Whether the operator may, if the worker agrees.
    pub operator_may_contact_with_consent: bool,
}

text_enum! {
    /// Whom a referral goes to.
    pub enum ReferralTarget("target of a referral") {
        /// 家主様.
        Landlord = "landlord",
        /// 管理会社様.
        ManagementCompany = "management_company",
        /// 等.
        Other = "other",
    }
}

text_enum! {
    /// Who tells the landlord.
    pub enum WhoContacts("who contacts the landlord") {
        /// The worker.
        Worker = "worker",
        /// The operator.
        Operator = "operator",
    }
}

/// Interpreters (I-01, I-06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interpretation {
    /// Whether a call in a foreign language becomes a three-way call.
    pub three_way_call: bool,
    /// Number of foreign languages; the language data set must hold as many.
    pub language_count: usize,
    /// Where they stand.
    pub see: LanguageWindows,
}

/// What the claims-support company is told, and for what alone (D-01 to D-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSharing {
    /// The printed sentence about sharing.
    pub shared_ja: String,
    /// The printed sentence about the purpose.
    pub purpose_ja: String,
    /// Who receives.
    pub recipient: Operator,
    /// Code of the one purpose.
    pub purpose_code: String,
    /// Whether any other use is allowed.
    pub other_use_allowed: bool,
    /// What the sentence says, word for word.
    pub literal_scope: DisclosureScope,
    /// What is shared (D-03).
    pub share_scope: DisclosureScope,
    /// The printed sentence about call-backs.
    pub callback_ja: String,
    /// Who may be called back.
    pub callback_to: Vec<Claimant>,
}

text_enum! {
    /// Which calls are shared (D-03).
    pub enum DisclosureScope("share scope") {
        /// Every call.
        AllCalls = "all_calls",
        /// Only calls with a liability flag of yes or unknown.
        LiabilityYesOrUnknown = "liability_yes_or_unknown",
    }
}

text_enum! {
    /// Who may be called back about a claim (D-04).
    pub enum Claimant("whom to call back") {
        /// The worker.
        Worker = "worker",
        /// The employer.
        HostCompany = "host_company",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallOutFile {
    programme: Heading,
    eligibility: Eligibility,
    service: Vec<Service>,
    call_category: Vec<CallCategory>,
    charging: Charging,
    referral: Referral,
    interpretation: Interpretation,
    data_sharing: DataSharing,
    liability: Liability,
    insurer: Insurer,
}

pub(super) fn parse(document: Document<'_>) -> Result<CallOut, Vec<ReferenceError>> {
    let file: CallOutFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    check_heading(&file.programme, &mut findings);
    check_categories(&file, &mut findings);
    file.charging.check(&mut findings);
    file.liability.check(&mut findings);
    file.insurer.check(&mut findings);
    if file.data_sharing.other_use_allowed {
        findings
            .refuse("data_sharing.other_use_allowed", "is true; the printed purpose is the only one (D-02)");
    }
    let errors = findings.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    let Heading { id, name_ja, name_en, sponsor_ja, sponsor_en, funding_ja, .. } = file.programme;
    Ok(CallOut {
        id,
        name_ja,
        name_en,
        sponsor_ja,
        sponsor_en,
        funding_ja,
        service_start: file.programme.service_start_date,
        eligibility: file.eligibility,
        services: file.service,
        categories: file.call_category,
        charging: file.charging,
        referral: file.referral,
        interpretation: file.interpretation,
        data_sharing: file.data_sharing,
        liability: file.liability,
        insurer: file.insurer,
    })
}

fn check_heading(heading: &Heading, findings: &mut Findings<'_>) {
    let Zone::Tokyo = heading.timezone;
    findings.refuse_blank("programme.name_ja", &heading.name_ja);
    findings.refuse_blank("programme.name_en", &heading.name_en);
    let month = heading.service_start_date.format("%Y-%m").to_string();
    if month != heading.service_start_month {
        let message =
            format!("is not in the printed month {}; expected a day of it", heading.service_start_month);
        findings.refuse("programme.service_start_date", message);
    }
    for (key, costs) in [
        ("programme.extra_cost_to_host", heading.extra_cost_to_host),
        ("programme.extra_cost_to_worker", heading.extra_cost_to_worker),
    ] {
        if costs {
            findings.refuse(key, "is true; joining is printed to cost neither anything");
        }
    }
}

fn check_categories(file: &CallOutFile, findings: &mut Findings<'_>) {
    let ids = file.call_category.iter().enumerate();
    findings.refuse_repeats(ids.map(|(at, category)| (format!("call_category[{at}].id"), category.id)));
    let services = file.service.iter().enumerate();
    findings.refuse_repeats(services.map(|(at, service)| (format!("service[{at}].id"), service.id)));
    for (at, category) in file.call_category.iter().enumerate() {
        if category.dispatchable != category.id.trade().is_some() {
            let message = format!("is {}; only water and lock are ever sent out", category.dispatchable);
            findings.refuse(format!("call_category[{at}].dispatchable"), message);
        }
    }
    for (at, trade) in file.charging.applies_to.iter().enumerate() {
        if !file.call_category.iter().any(|category| category.id.trade() == Some(*trade)) {
            let message = format!("'{trade}' is no call category here; expected one of them");
            findings.refuse(format!("charging.applies_to[{at}]"), message);
        }
    }
}
