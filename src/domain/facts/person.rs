//! One technician's reports in order: where the person is, whether hands are on, and since when.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Fact, FactKind, Flag, FlagCode, PauseReason};
use crate::domain::{
    charging::WorkKind, ids::TechnicianId, jobs::JobState, span::Instant, text_enum::text_enum,
};

/// Longest work without a pause that is billed unseen.
pub const WORK_INTERVAL_MAX: TimeDelta = TimeDelta::hours(12);

text_enum! {
    /// Where a technician is on a job, as far as facts tell.
    pub enum FieldState("state at the site") {
        /// On the way.
        EnRoute = "en_route",
        /// At the door.
        OnSite = "on_site",
        /// Hands on.
        Working = "working",
        /// Work is paused.
        Paused = "paused",
        /// Away, and another visit is needed.
        AwaitingReturn = "awaiting_return",
        /// Away without having got in.
        NoAccess = "no_access",
        /// Away: the own part is done.
        Left = "left",
        /// Cannot go on.
        Withdrawn = "withdrawn",
        /// There when the job was completed.
        Done = "done",
    }
}

impl FieldState {
    /// Whether the technician is on the way or there.
    #[must_use]
    pub fn is_present(self) -> bool {
        matches!(self, Self::EnRoute | Self::OnSite | Self::Working | Self::Paused)
    }

    /// The state of a job that only this technician is on.
    #[must_use]
    pub fn of_job(self) -> Option<JobState> {
        match self {
            Self::EnRoute => Some(JobState::EnRoute),
            Self::OnSite => Some(JobState::OnSite),
            Self::Working => Some(JobState::Working),
            Self::Paused => Some(JobState::Paused),
            Self::AwaitingReturn | Self::NoAccess | Self::Left => Some(JobState::AwaitingReturn),
            Self::Done => Some(JobState::Completed),
            Self::Withdrawn => None,
        }
    }
}

/// Where one technician is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TechnicianAtSite {
    /// Who.
    pub technician_id: TechnicianId,
    /// Where.
    pub state: FieldState,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Hands-on time of one technician, half-open, by the service's clock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WorkSpan {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: DateTime<Utc>,
    /// Who.
    pub technician_id: TechnicianId,
    /// On what.
    pub work: WorkKind,
}

/// Time with hands off between two stretches of work (C-11); does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PauseSpan {
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; absent while it lasts.
    pub to: Option<DateTime<Utc>>,
    /// Who.
    pub technician_id: TechnicianId,
    /// Why.
    pub reason: PauseReason,
}

/// One technician's presence at the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attendance {
    pub(super) from: Instant,
    /// The last thing known of it.
    pub(super) to: Instant,
    pub(super) work: Vec<WorkSpan>,
}

/// A fact at its corrected time.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) at: Instant,
    pub(super) fact: &'a Fact,
}

impl Told<'_> {
    /// What is said to be of the future is of when it was received, as far as trust goes.
    pub(super) fn believed(&self) -> Instant {
        self.at.min(self.fact.received_at)
    }

    /// When what it tells of happened: an answer of the payer may be written down later.
    pub(super) fn of(&self) -> Instant {
        match &self.fact.what {
            FactKind::Consent(consent) => self.at + (consent.answered_at() - self.fact.device_time),
            _ => self.at,
        }
    }
}

/// One technician, as told so far.
pub(super) struct Person<'a> {
    technician: TechnicianId,
    place: Place,
    hands: Hands<'a>,
    state: Option<TechnicianAtSite>,
    pub(super) attendances: Vec<Attendance>,
    pub(super) pauses: Vec<PauseSpan>,
    pub(super) flags: Vec<Flag>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Elsewhere,
    EnRoute,
    OnSite,
    /// Away, in one of the ways in which somebody leaves.
    Away(FieldState),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hands<'a> {
    Off,
    On { since: Instant, work: WorkKind, device: &'a str },
    Paused { since: Instant, work: WorkKind, reason: PauseReason },
}

impl<'a> Person<'a> {
    pub(super) fn new(technician: TechnicianId) -> Self {
        Self {
            technician,
            place: Place::Elsewhere,
            hands: Hands::Off,
            state: None,
            attendances: Vec::new(),
            pauses: Vec::new(),
            flags: Vec::new(),
        }
    }

    /// Takes the next report; never one earlier than the one before.
    pub(super) fn hear(&mut self, told: Told<'a>) {
        match told.fact.what {
            FactKind::Departure {} => self.depart(told),
            FactKind::Arrival {} => self.arrive(told),
            FactKind::WorkStart { work } => self.start(told, work),
            FactKind::Pause { reason } => self.pause(told, reason),
            FactKind::Resume {} => self.resume(told),
            FactKind::WorkEnd {} => self.end(told),
            FactKind::NoAccess { .. } => self.leave(told, FieldState::NoAccess),
            FactKind::Leaving { return_planned: true, .. } => self.leave(told, FieldState::AwaitingReturn),
            FactKind::Leaving { return_planned: false, .. } => self.leave(told, FieldState::Left),
            FactKind::Withdrawal { .. } => self.leave(told, FieldState::Withdrawn),
            // Where somebody is and when he will come says nothing about the stay.
            FactKind::Position { .. } | FactKind::Delay { .. } => return,
            FactKind::IdCheck(_)
            | FactKind::Part { .. }
            | FactKind::SpecialWork { .. }
            | FactKind::Consent(_)
            | FactKind::ReferralFinding(_)
            | FactKind::Payment(_)
            | FactKind::Completion { .. } => {}
        }
        if let (Place::OnSite, Some(attendance)) = (self.place, self.attendances.last_mut()) {
            attendance.to = told.at;
        }
        self.note_state(told.at);
    }

    fn note_state(&mut self, since: Instant) {
        let state = match (self.hands, self.place) {
            (Hands::On { .. }, _) => Some(FieldState::Working),
            (Hands::Paused { .. }, _) => Some(FieldState::Paused),
            (Hands::Off, Place::OnSite) => Some(FieldState::OnSite),
            (Hands::Off, Place::EnRoute) => Some(FieldState::EnRoute),
            (Hands::Off, Place::Away(state)) => Some(state),
            (Hands::Off, Place::Elsewhere) => None,
        };
        if state != self.state.map(|told| told.state) {
            self.state = state.map(|state| TechnicianAtSite { technician_id: self.technician, state, since });
        }
    }

    /// What is doubtful once the job is complete: hands were never taken off.
    pub(super) fn complete(&mut self) {
        if let Hands::On { .. } = self.hands {
            self.flags.push(Flag::of(FlagCode::MissingEnd, self.technician));
        }
    }

    /// The pauses, the one that lasts included.
    pub(super) fn all_pauses(&self) -> impl Iterator<Item = PauseSpan> {
        let lasting = match self.hands {
            Hands::Paused { since, reason, .. } => {
                Some(PauseSpan { from: since, to: None, technician_id: self.technician, reason })
            }
            _ => None,
        };
        self.pauses.iter().cloned().chain(lasting)
    }

    /// Where the technician is; whoever was there when the job was completed is done.
    pub(super) fn state(&self, completed_at: Option<Instant>) -> Option<TechnicianAtSite> {
        let state = self.state?;
        match completed_at {
            Some(since) if state.state.is_present() && !self.attendances.is_empty() => {
                Some(TechnicianAtSite { state: FieldState::Done, since, ..state })
            }
            _ => Some(state),
        }
    }

    /// Parts are fetched within a pause: going and coming back then is no new visit.
    fn depart(&mut self, told: Told<'a>) {
        match self.hands {
            Hands::Paused { .. } => return,
            Hands::On { .. } => {
                self.doubt(FlagCode::MissingEnd, told);
                self.close(told);
            }
            Hands::Off => {}
        }
        if let (Place::OnSite, Some(attendance)) = (self.place, self.attendances.last_mut()) {
            attendance.to = told.at;
        }
        self.place = Place::EnRoute;
    }

    /// Leaving ends what was going on; work that nobody ended is doubtful.
    fn leave(&mut self, told: Told<'a>, how: FieldState) {
        if let Hands::On { .. } = self.hands {
            self.doubt(FlagCode::MissingEnd, told);
        }
        self.close(told);
        if let (Place::OnSite, Some(attendance)) = (self.place, self.attendances.last_mut()) {
            attendance.to = told.at;
        }
        self.place = Place::Away(how);
    }

    /// Whoever arrives again after having worked has been away: another visit, even if nobody reported leaving.
    fn arrive(&mut self, told: Told<'a>) {
        let repeated = self.place == Place::OnSite
            && self.attendances.last().is_some_and(|attendance| attendance.work.is_empty());
        if self.hands == Hands::Off && !repeated {
            self.enter(told.at);
        }
    }

    fn enter(&mut self, at: Instant) {
        self.attendances.push(Attendance { from: at, to: at, work: Vec::new() });
        self.place = Place::OnSite;
    }

    fn start(&mut self, told: Told<'a>, work: WorkKind) {
        match self.hands {
            Hands::On { device, .. } => {
                let own = device == told.fact.device.as_str();
                self.doubt(if own { FlagCode::MissingEnd } else { FlagCode::Overlap }, told);
                self.close(told);
            }
            Hands::Paused { .. } => self.close(told),
            Hands::Off => {}
        }
        if self.place != Place::OnSite {
            self.doubt(FlagCode::OutsideSite, told);
            self.enter(told.at);
        }
        self.put_on(told, work);
    }

    fn pause(&mut self, told: Told<'a>, reason: PauseReason) {
        match self.hands {
            Hands::On { work, .. } => {
                self.close(told);
                self.hands = Hands::Paused { since: told.at, work, reason };
            }
            Hands::Paused { .. } | Hands::Off => self.doubt(FlagCode::MissingStart, told),
        }
    }

    fn resume(&mut self, told: Told<'a>) {
        match self.hands {
            Hands::Paused { work, .. } => {
                self.close(told);
                self.put_on(told, work);
            }
            Hands::On { .. } => self.doubt(FlagCode::MissingEnd, told),
            Hands::Off => self.doubt(FlagCode::MissingStart, told),
        }
    }

    fn end(&mut self, told: Told<'a>) {
        if self.hands == Hands::Off {
            self.doubt(FlagCode::MissingStart, told);
        }
        self.close(told);
    }

    fn put_on(&mut self, told: Told<'a>, work: WorkKind) {
        self.hands = Hands::On { since: told.at, work, device: told.fact.device.as_str() };
    }

    /// Ends the stretch of work or the pause that lasts.
    fn close(&mut self, told: Told<'a>) {
        let to = told.at;
        let technician_id = self.technician;
        match std::mem::replace(&mut self.hands, Hands::Off) {
            Hands::On { since, work, .. } => {
                if to - since > WORK_INTERVAL_MAX {
                    self.doubt(FlagCode::ImplausibleInterval, told);
                }
                if let Some(attendance) = self.attendances.last_mut().filter(|_| since < to) {
                    attendance.work.push(WorkSpan { from: since, to, technician_id, work });
                }
            }
            Hands::Paused { since, reason, .. } => {
                self.pauses.push(PauseSpan { from: since, to: Some(to), technician_id, reason });
            }
            Hands::Off => {}
        }
    }

    fn doubt(&mut self, code: FlagCode, told: Told<'a>) {
        self.flags.push(Flag::at(code, told.fact));
    }
}
