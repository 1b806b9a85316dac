//! Reads `job-codes.toml`: kinds of trouble and of special work (section 4.4).

use serde::{Deserialize, Serialize};

use super::codes::{HazardId, JobCode, SpecialWorkCode};
use super::document::{Document, Findings};
use super::error::ReferenceError;
use crate::domain::text_enum::text_enum;
use crate::domain::tools::Tool;
use crate::domain::trade::{Priority, Trade};

/// What is known beforehand about a kind of trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobKind {
    /// Its code.
    pub code: JobCode,
    /// Category of the call.
    pub category: JobCategory,
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Whether the programme prints it as an example.
    #[serde(default)]
    pub seed_example: bool,
    /// The printed example.
    pub seed_ja: Option<String>,
    /// Minutes of hands-on work that half of the jobs stay under. For planning; never for billing.
    pub minutes_p50: u16,
    /// Minutes of hands-on work that nine jobs in ten stay under.
    pub minutes_p90: u16,
    /// How much of it is free.
    pub free_scope: FreeScope,
    /// Special work that may become necessary (S-11).
    #[serde(default)]
    pub special_if: Vec<SpecialWorkCode>,
    /// Parts often needed.
    #[serde(default)]
    pub parts_typical: Vec<String>,
    /// What it may turn out to be; a hint never refers by itself.
    pub referral_hint: Option<ReferralGround>,
    /// Licence the contractor needs unless the change is minor (S-08).
    pub licence: Option<Licence>,
    /// How much of the work needs it.
    #[serde(default)]
    pub licence_for: LicenceFor,
    /// Tools the contractor needs (S-07): without one of them nobody is sent.
    #[serde(default)]
    pub tools: Vec<Tool>,
    /// Urgency unless the caller's account says otherwise.
    pub priority: Priority,
    /// Hazards to ask about.
    #[serde(default)]
    pub hazards: Vec<HazardId>,
    /// What the liability question is.
    pub liability_flag: Option<LiabilityHint>,
    /// Whether identity and residence are checked before opening (S-01).
    #[serde(default)]
    pub id_check: bool,
    /// Whether the landlord must consent first (S-06).
    #[serde(default)]
    pub landlord_consent_required: bool,
    /// Questions to ask, in English.
    #[serde(default)]
    pub ask: Vec<String>,
    /// The same in Japanese.
    #[serde(default)]
    pub ask_ja: Vec<String>,
    /// What to tell the caller at once, in English.
    #[serde(default)]
    pub guidance: Vec<String>,
    /// The same in Japanese.
    #[serde(default)]
    pub guidance_ja: Vec<String>,
    /// What to advise afterwards, in English.
    #[serde(default)]
    pub advise: Vec<String>,
    /// The same in Japanese.
    #[serde(default)]
    pub advise_ja: Vec<String>,
    /// For the dispatcher.
    pub note: Option<String>,
}

impl FreeScope {
    /// What that means for the caller, in Japanese. Never "always free" (C-21).
    #[must_use]
    pub fn words_ja(self) -> &'static str {
        match self {
            Self::Free => {
                "基本料金・出張料金と60分以内の作業は無料です。60分を超える作業、特殊作業、部品は有料で、必ず事前にご説明し、同意をいただいてから行います。"
            }
            Self::Parts => {
                "基本料金・出張料金と60分以内の作業は無料ですが、部品代は有料です。金額をご説明し、同意をいただいてから行います。"
            }
            Self::Quote => {
                "有料の特殊作業が必要になることが多い内容です。現場でお見積りをご説明し、同意をいただいてから行います。"
            }
            Self::Refer => {
                "家主・管理会社へのご連絡が先になる内容です。緊急のときは応急処置に伺い、あわせてご連絡します。"
            }
            Self::None => "この出動サービスの対象ではありません。適切な連絡先をご案内します。",
        }
    }

    /// The same in English.
    #[must_use]
    pub fn words_en(self) -> &'static str {
        match self {
            Self::Free => {
                "The visit and up to 60 minutes of work cost nothing. Longer work, special work and parts are charged, each explained and agreed beforehand."
            }
            Self::Parts => {
                "The visit and up to 60 minutes of work cost nothing; parts are charged, explained and agreed beforehand."
            }
            Self::Quote => {
                "Special work, which is charged, is often needed: it is quoted on site and agreed before it is done."
            }
            Self::Refer => {
                "The landlord or management company comes first. If it is urgent somebody is sent to make it safe, and they are told."
            }
            Self::None => "Nobody is sent for this: we name whom to ask.",
        }
    }
}

impl JobKind {
    /// The trade that can be sent; none where nobody is ever sent for it.
    #[must_use]
    pub fn trade(&self) -> Option<Trade> {
        match (self.free_scope, self.category) {
            (FreeScope::None, _) => None,
            (_, JobCategory::Water) => Some(Trade::Water),
            (_, JobCategory::Lock) => Some(Trade::Lock),
            (_, JobCategory::Liability | JobCategory::Consultation) => None,
        }
    }

    /// What is done about it at `priority`. A matter for the landlord is made safe first when it is urgent.
    #[must_use]
    pub fn handling(&self, priority: Priority) -> Handling {
        let urgent = matches!(priority, Priority::P0 | Priority::P1);
        match (self.trade(), self.free_scope, self.category) {
            (Some(trade), FreeScope::Refer, _) if urgent => Handling::DispatchAndRefer(trade),
            (Some(_), FreeScope::Refer, _) => Handling::Refer,
            (Some(trade), _, _) => Handling::Dispatch(trade),
            (None, _, JobCategory::Liability) => Handling::LiabilityIntake,
            (None, _, _) => Handling::Consult,
        }
    }
}

/// What is done about a trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// Somebody is sent.
    Dispatch(Trade),
    /// Somebody is sent to make safe, and the landlord is told.
    DispatchAndRefer(Trade),
    /// The landlord or management company is told.
    Refer,
    /// Advice only.
    Consult,
    /// The incident is recorded; nobody is sent.
    LiabilityIntake,
}

text_enum! {
    /// Category of a call, with the third printed one split (section 1.3).
    pub enum JobCategory("category") {
        /// 水回りのトラブル.
        Water = "water",
        /// 部屋の鍵に関するトラブル.
        Lock = "lock",
        /// 個人賠償事案.
        Liability = "liability",
        /// 日常のトラブル・相談事.
        Consultation = "consultation",
    }
}

text_enum! {
    /// How much of a kind of work is free.
    pub enum FreeScope("free scope") {
        /// Normally all of it.
        Free = "free",
        /// Labour; parts are charged.
        Parts = "parts",
        /// Special work is likely: a quote first.
        Quote = "quote",
        /// A matter for the landlord or management company first.
        Refer = "refer",
        /// Not in the programme.
        None = "none",
    }
}

text_enum! {
    /// Why a trouble is the landlord's or management company's.
    pub enum ReferralGround("reason of a referral") {
        /// 経年劣化.
        Wear = "wear",
        /// 共用部分.
        CommonArea = "common_area",
    }
}

text_enum! {
    /// Licence a contractor may need.
    pub enum Licence("licence") {
        /// 指定給水装置工事事業者, by water utility.
        DesignatedWater = "designated_water",
    }
}

text_enum! {
    /// How much of the work needs the licence.
    #[derive(Default)]
    pub enum LicenceFor("extent of a licence") {
        /// All of it.
        #[default]
        AllWork = "all_work",
        /// What stays: whoever is sent at once may make safe without it.
        LastingWork = "lasting_work",
    }
}

text_enum! {
    /// What the liability question of a kind of trouble is (K-02).
    pub enum LiabilityHint("liability hint") {
        /// Ask whether somebody else suffered damage.
        Ask = "ask",
        /// The caller may be the one who suffered it.
        Victim = "victim",
    }
}

/// A kind of special work (特殊作業): quoted and agreed before it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialWork {
    /// Its code.
    pub code: SpecialWorkCode,
    /// In Japanese.
    pub ja: String,
    /// In English; its code where it has none.
    pub en: Option<String>,
    /// Whether the landlord must consent first (S-06).
    #[serde(default)]
    pub landlord_consent_required: bool,
    /// The licence it takes (S-08).
    pub licence: Option<Licence>,
    /// For the dispatcher.
    pub note: Option<String>,
}

impl SpecialWork {
    /// Its names: (Japanese, English).
    #[must_use]
    pub fn names(&self) -> (String, String) {
        let code = || self.code.as_str().replace('_', " ");
        (self.ja.clone(), self.en.clone().unwrap_or_else(code))
    }
}

/// The kinds of trouble and of special work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCodes {
    jobs: Vec<JobKind>,
    special_works: Vec<SpecialWork>,
}

impl JobCodes {
    /// The kind of trouble of that code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&JobKind> {
        self.jobs.iter().find(|job| job.code.as_str() == code)
    }

    /// The kind of special work of that code.
    #[must_use]
    pub fn special_work(&self, code: &str) -> Option<&SpecialWork> {
        self.special_works.iter().find(|work| work.code.as_str() == code)
    }

    /// Whether a special work can become necessary on a job of that code: what kinds of trouble of the same category name, and
    /// what none names. Of a code that is not known everything can.
    #[must_use]
    pub fn may_need(&self, job_code: &str, work: &SpecialWork) -> bool {
        let Some(kind) = self.get(job_code) else { return true };
        let mut named = self.jobs.iter().filter(|job| job.special_if.contains(&work.code)).peekable();
        named.peek().is_none() || named.any(|job| job.category == kind.category)
    }

    /// The licence without which a trouble is not over: that of its code, where the special work that ends it takes one. What is
    /// minor may be done without (S-08).
    #[must_use]
    pub fn lasting_licence(&self, kind: &JobKind) -> Option<Licence> {
        let mut works = kind.special_if.iter().filter_map(|code| self.special_work(code.as_str()));
        kind.licence.filter(|licence| works.any(|work| work.licence == Some(*licence)))
    }

    /// Every kind of trouble, in order.
    #[must_use]
    pub fn all(&self) -> &[JobKind] {
        &self.jobs
    }

    /// Every kind of special work, in order.
    #[must_use]
    pub fn special_works(&self) -> &[SpecialWork] {
        &self.special_works
    }
}

pub(super) fn parse(document: Document<'_>) -> Result<JobCodes, Vec<ReferenceError>> {
    let file: JobCodesFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    let codes = file.job.iter().enumerate().map(|(at, job)| (format!("job[{at}].code"), &job.code));
    findings.refuse_repeats(codes);
    let works = file.special_work.iter().enumerate();
    findings.refuse_repeats(works.map(|(at, work)| (format!("special_work[{at}].code"), &work.code)));
    for (at, work) in file.special_work.iter().enumerate() {
        findings.refuse_blank(format!("special_work[{at}].ja"), &work.ja);
    }
    for (at, job) in file.job.iter().enumerate() {
        check_job(at, job, &file.special_work, &mut findings);
    }
    let errors = findings.finish();
    if errors.is_empty() {
        Ok(JobCodes { jobs: file.job, special_works: file.special_work })
    } else {
        Err(errors)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobCodesFile {
    job: Vec<JobKind>,
    special_work: Vec<SpecialWork>,
}

/// A day of hands-on work: no trouble is planned longer.
const MINUTES_MAX: u16 = 24 * 60;

fn check_job(at: usize, job: &JobKind, works: &[SpecialWork], findings: &mut Findings<'_>) {
    findings.refuse_blank(format!("job[{at}].ja"), &job.ja);
    findings.refuse_blank(format!("job[{at}].en"), &job.en);
    let prefix = match job.category {
        JobCategory::Water => "W-",
        JobCategory::Lock => "L-",
        JobCategory::Liability | JobCategory::Consultation => "X-",
    };
    if !job.code.as_str().starts_with(prefix) {
        let message = format!("is '{}', but the code is '{}'; expected {prefix}…", job.category, job.code);
        findings.refuse(format!("job[{at}].category"), message);
    }
    if job.minutes_p50 > job.minutes_p90 || job.minutes_p90 > MINUTES_MAX {
        let message = format!(
            "{} to {} minutes; expected p50 <= p90 <= {MINUTES_MAX}",
            job.minutes_p50, job.minutes_p90
        );
        findings.refuse(format!("job[{at}].minutes_p90"), message);
    }
    if matches!(job.handling(job.priority), Handling::Dispatch(_) | Handling::DispatchAndRefer(_))
        && job.minutes_p50 == 0
    {
        findings
            .refuse(format!("job[{at}].minutes_p50"), "is 0, but somebody is sent; expected minutes of work");
    }
    if job.seed_example != job.seed_ja.is_some() {
        findings.refuse(format!("job[{at}].seed_example"), "expected seed_ja with it, and only with it");
    }
    for (key, ja, en) in [
        ("ask_ja", &job.ask_ja, &job.ask),
        ("guidance_ja", &job.guidance_ja, &job.guidance),
        ("advise_ja", &job.advise_ja, &job.advise),
    ] {
        if ja.len() != en.len() {
            findings.refuse(format!("job[{at}].{key}"), "expected as many as in English");
        }
    }
    for (nth, code) in job.special_if.iter().enumerate() {
        if !works.iter().any(|work| work.code == *code) {
            let message = format!("there is no special work '{code}'; expected a code of special_work");
            findings.refuse(format!("job[{at}].special_if[{nth}]"), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    fn handling(code: &str) -> Handling {
        let reference = Reference::embedded().unwrap();
        let job = reference.job_codes().get(code).unwrap();
        job.handling(job.priority)
    }

    #[test]
    fn thirty_three_codes_and_fifteen_special_works() {
        let reference = Reference::embedded().unwrap();
        assert_eq!(reference.job_codes().all().len(), 33);
        assert_eq!(reference.job_codes().special_works().len(), 15);
        // Section 4.4: six printed examples of water and lock, and the liability category itself.
        let printed = reference.job_codes().all().iter().filter(|job| job.seed_example);
        assert_eq!(printed.filter(|job| job.trade().is_some()).count(), 6);
    }

    /// S-07, S-01: whoever opens a lock checks identity first and needs the tools to open it; whoever replaces a
    /// cylinder is let in.
    #[test]
    fn opening_a_lock_needs_opening_tools() {
        let reference = Reference::embedded().unwrap();
        for job in reference.job_codes().all() {
            let opens = job.id_check && job.code.as_str() != "L-CYL-REPLACE";
            assert_eq!(job.tools.contains(&Tool::OpeningTools), opens, "{}", job.code);
        }
    }

    /// S-09, S-06: since when, and who has a spare key, is asked of whatever somebody is sent for.
    #[test]
    fn what_decides_early_is_asked_of_every_kind() {
        let reference = Reference::embedded().unwrap();
        for job in reference.job_codes().all() {
            let asks = |words: &str| job.ask.iter().any(|question| question.contains(words));
            match job.trade() {
                Some(Trade::Water) => assert!(asks("since when"), "{}", job.code),
                Some(Trade::Lock) => assert!(asks("spare key"), "{}", job.code),
                None => {}
            }
        }
    }

    #[test]
    fn who_is_sent_for_what() {
        assert_eq!(handling("W-TOILET-CLOG"), Handling::Dispatch(Trade::Water));
        assert_eq!(handling("L-KEY-LOST"), Handling::Dispatch(Trade::Lock));
        assert_eq!(handling("W-CEILING-LEAK"), Handling::DispatchAndRefer(Trade::Water));
        assert_eq!(handling("W-NO-WATER"), Handling::Refer);
        assert_eq!(handling("L-AUTOLOCK"), Handling::Refer);
        assert_eq!(handling("L-DUPLICATE"), Handling::Consult);
        assert_eq!(handling("W-WATER-HEATER"), Handling::Consult);
        assert_eq!(handling("X-LIABILITY"), Handling::LiabilityIntake);
        assert_eq!(handling("X-OUT-OF-SCOPE"), Handling::Consult);
    }

    #[test]
    fn urgency_decides_whether_the_landlords_matter_is_made_safe() {
        let reference = Reference::embedded().unwrap();
        let job = reference.job_codes().get("W-NO-WATER").unwrap();
        assert_eq!(job.handling(Priority::P1), Handling::DispatchAndRefer(Trade::Water));
        assert_eq!(job.handling(Priority::P3), Handling::Refer);
    }
}
