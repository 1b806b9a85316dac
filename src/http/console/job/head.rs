//! At the top: what it is, where it stands, whose trouble it is and where.

use std::collections::BTreeSet;

use crate::{
    app::{case_file, job_file::File},
    domain::{
        calls::{Call, CallState},
        cases::CaseState,
        guidance::guidance,
        ids::{CallId, CaseId, JobId},
        intake::Missing,
        jobs::Job,
        reference::{Reference, job_codes::SpecialWork},
        refusal::Obstacle,
        warrants::replacements,
    },
    http::console::{
        board::{ClockView, clock_view},
        page::Page,
        words,
    },
};

/// What it is and where it stands.
pub(super) struct HeadView {
    pub(super) id: JobId,
    pub(super) what: String,
    pub(super) job_code: String,
    pub(super) priority: &'static str,
    pub(super) priority_name: String,
    pub(super) trade: String,
    pub(super) stage: &'static str,
    pub(super) state: String,
    pub(super) hold: Option<String>,
    pub(super) clock: Option<ClockView>,
    pub(super) alarms: Vec<String>,
    pub(super) guidance: &'static str,
    pub(super) created: String,
    pub(super) rework_of: Option<JobId>,
}

impl HeadView {
    pub(super) fn of(file: &File, page: &Page, reference: &Reference) -> Self {
        let job = &file.job.job;
        let told = guidance(job.state(), file.job.caution());
        Self {
            id: job.id,
            what: words::job_code(&job.job_code, page, reference),
            job_code: job.job_code.clone(),
            priority: job.priority.as_str(),
            priority_name: page.code("priority", job.priority),
            trade: page.code("trade", job.trade),
            stage: crate::app::in_hand::QueueStage::of(job.state()).map_or("over", |stage| stage.as_str()),
            state: page.code("job-state", job.state()),
            hold: job.hold().map(|hold| words::hold(hold.as_str(), page, reference)),
            clock: file.clock.map(|clock| clock_view(clock, job.state_since, page)),
            alarms: file.alarms.iter().map(|kind| page.code("alarm", kind)).collect(),
            guidance: if page.is_japanese() { told.ja } else { told.en },
            created: words::moment(job.created_at),
            rework_of: job.rework_of,
        }
    }
}

/// A case, as it is shown beside its jobs.
pub(super) struct CaseView {
    pub(super) id: CaseId,
    pub(super) version: i64,
    pub(super) number: String,
    pub(super) open: bool,
    pub(super) categories: Vec<String>,
    pub(super) language: String,
    pub(super) eligibility: String,
    pub(super) legal_hold: Option<String>,
    pub(super) liability: String,
    pub(super) liable: bool,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) host_company: Option<String>,
    pub(super) place: Option<PlaceView>,
    pub(super) calls: Vec<CallLine>,
    pub(super) hazards: Vec<(String, String, bool)>,
    pub(super) jobs: Vec<JobLine>,
    pub(super) obstacles: Vec<String>,
    /// What closing the case does not end.
    pub(super) left: Vec<&'static str>,
    /// Landlord's matters that are not referred yet.
    pub(super) due: Vec<(String, String)>,
    /// Calls that are being taken and may be about this case.
    pub(super) talking: Vec<(CallId, String)>,
}

/// Where it is.
pub(super) struct PlaceView {
    pub(super) postal_code: String,
    pub(super) jis_code: String,
    pub(super) municipality: String,
    pub(super) town: String,
    pub(super) address: String,
    pub(super) building: String,
    pub(super) room: String,
    pub(super) access_notes: String,
    pub(super) precision: String,
}

/// A call of the case.
pub(super) struct CallLine {
    pub(super) id: CallId,
    pub(super) at: String,
    pub(super) channel: String,
    pub(super) state: String,
    pub(super) talking: bool,
    pub(super) to_wrap: bool,
    pub(super) attached: bool,
}

/// Another job of the case.
pub(super) struct JobLine {
    pub(super) id: JobId,
    pub(super) what: String,
    pub(super) stage: &'static str,
    pub(super) state: String,
}

impl CaseView {
    pub(super) fn of(shown: &case_file::Page, page: &Page, reference: &Reference) -> Self {
        let whole = &shown.case;
        let case = &whole.case;
        let hazard = |id: &str| words::hold(id, page, reference);
        Self {
            id: case.id,
            version: case.version,
            number: case.number.clone(),
            open: case.state() == CaseState::Open,
            categories: case.categories.iter().map(|one| page.code("category", one)).collect(),
            language: words::language(&case.language, page, reference),
            eligibility: page.code("eligibility", case.eligibility),
            legal_hold: whole.legal_hold.map(|reason| page.code("legal-hold", reason)),
            liability: page.code("liability", case.liability_flag),
            liable: case.liability_flag == crate::domain::cases::LiabilityFlag::Yes,
            name: whole.resident.as_ref().map(|resident| resident.name.clone()),
            phone: whole.resident.as_ref().and_then(|resident| resident.phone.clone()).map(String::from),
            host_company: whole.background.as_ref().and_then(|one| one.host_company.clone()),
            place: whole.site.as_ref().map(|site| PlaceView {
                postal_code: hyphened(site.postal_code.as_str()),
                jis_code: site.jis_code.as_str().to_owned(),
                municipality: shown.municipality.clone().unwrap_or_default(),
                town: site.town.clone(),
                address: site.address.clone(),
                building: site.building.clone().unwrap_or_default(),
                room: site.room.clone().unwrap_or_default(),
                access_notes: site.access_notes.clone().unwrap_or_default(),
                precision: page.code("precision", site.precision),
            }),
            calls: whole
                .calls
                .iter()
                .map(|call| CallLine {
                    id: call.id,
                    at: words::moment(call.offered_at),
                    channel: page.code("channel", call.channel),
                    state: page.code("call-state", call.state),
                    talking: call.state == CallState::Answered,
                    to_wrap: call.state == CallState::Ended,
                    attached: call.purpose.is_some(),
                })
                .collect(),
            hazards: whole
                .hazards
                .iter()
                .map(|one| (one.hazard.clone(), hazard(&one.hazard), one.cleared_at.is_none()))
                .collect(),
            jobs: whole
                .jobs
                .iter()
                .map(|job| JobLine {
                    id: job.id,
                    what: words::job_code(&job.job_code, page, reference),
                    stage: crate::app::in_hand::QueueStage::of(job.state())
                        .map_or("over", |stage| stage.as_str()),
                    state: page.code("job-state", job.state()),
                })
                .collect(),
            talking: talking(&shown.talking, page, reference),
            obstacles: whole.obstacles.iter().map(ToString::to_string).collect(),
            left: left(&whole.missing, page),
            due: answered_for(&whole.obstacles, &whole.jobs, page, reference),
        }
    }
}

/// What closing a case does not end, in words.
fn left(missing: &[Missing], page: &Page) -> Vec<&'static str> {
    let left = missing.iter().filter(|one| one.is_of_money());
    left.map(|one| if page.is_japanese() { one.ja() } else { one.en() }).collect()
}

/// The calls that may be attached, each with when it came and its language.
fn talking(calls: &[Call], page: &Page, reference: &Reference) -> Vec<(CallId, String)> {
    let words = |call: &Call| {
        let language = words::language(&call.language, page, reference);
        (call.id, format!("{} {language}", words::moment(call.offered_at)))
    };
    calls.iter().map(words).collect()
}

/// What somebody may answer for: the landlord's matters that are not referred, and what of theirs may have to be replaced; each by
/// its code and in words.
fn answered_for(
    obstacles: &[Obstacle],
    jobs: &[Job],
    page: &Page,
    reference: &Reference,
) -> Vec<(String, String)> {
    let due = obstacles.iter().filter_map(|obstacle| match obstacle {
        Obstacle::ReferralDue(code) => Some(code.clone()),
        _ => None,
    });
    let replaced = jobs.iter().flat_map(|job| replacements(reference, &job.job_code));
    let codes: BTreeSet<_> = due.chain(replaced).collect();
    let in_words = |code: String| {
        let work = reference.job_codes().special_work(&code).map(SpecialWork::names);
        let work = work.map(|(ja, en)| if page.is_japanese() { ja } else { en });
        let words = work.unwrap_or_else(|| words::job_code(&code, page, reference));
        (code, words)
    };
    codes.into_iter().map(in_words).collect()
}

/// `460-0008` of `4600008`.
fn hyphened(digits: &str) -> String {
    digits.split_at_checked(3).map_or_else(|| digits.to_owned(), |(first, last)| format!("{first}-{last}"))
}
