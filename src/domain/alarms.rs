//! Alarms: what a person at the desk must know. An alarm rings, is repeated until somebody acknowledges it, and is
//! silent once its cause is gone. A reminder is an alarm that begins to ring at a later time.

mod state;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    events::Subject,
    ids::AlarmId,
    reference::dispatch::RingingRules,
    refusal::{OfficeRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::state::AlarmState;

text_enum! {
    /// What a person must know.
    pub enum AlarmKind("alarm") {
        /// The one asked for a booked visit does not come; the window is at risk.
        AppointmentAtRisk = "appointment_at_risk",
        /// A case is open, and nothing of it is under way any more.
        CaseLeftOpen = "case_left_open",
        /// A case is about something somebody is sent for, and nobody was.
        CaseWithoutJob = "case_without_job",
        /// A caller who gave up, or got no answer in the chat, is to be called back.
        CallBackDue = "call_back_due",
        /// A call was answered long ago and has not ended.
        CallOpen = "call_open",
        /// Nobody answers a call.
        CallRinging = "call_ringing",
        /// A call has ended, and what it left to do is not done.
        CallUnwrapped = "call_unwrapped",
        /// The service fails at this each time it looks at it, and tries again once a minute.
        CannotGoOn = "cannot_go_on",
        /// Whoever was taken off a job that is over goes there, or stands before the door: they must be sent home.
        ComesInVain = "comes_in_vain",
        /// The free time or what was agreed of overtime is nearly used up: the payer's yes is needed (C-19).
        ConsentDue = "consent_due",
        /// A danger is told of a case in which nothing is in hand any more: somebody must see whether anybody is in it.
        DangerOnCase = "danger_on_case",
        /// A danger came to light when somebody was already sent: the contractor must be told (G-08).
        DangerOnJob = "danger_on_job",
        /// Whoever is on the job has not acknowledged the danger: they must be reached by telephone (G-08).
        DangerUnacknowledged = "danger_unacknowledged",
        /// Somebody is sent where nothing is known of any danger: the caller must be asked again (4.1).
        DangersUnknown = "dangers_unknown",
        /// A planned visit has made way for an emergency: the resident must be told and given another window.
        Displaced = "displaced",
        /// There is little room left on a disk the service writes to.
        DiskLow = "disk_low",
        /// Nobody has decided about a dispute.
        DisputeWaiting = "dispute_waiting",
        /// A call has ended with a draft and no case: the caller may have been cut off.
        DraftWaiting = "draft_waiting",
        /// Somebody reports that the work was done or that they are at the door, and it does not count by itself (G-02, G-03).
        DoubtfulReport = "doubtful_report",
        /// Somebody was served, and nobody has verified that they are entitled (E-05).
        EligibilityOpen = "eligibility_open",
        /// Whoever was taken off the job says that it was done before: others have it, or were asked or planned for it.
        EndedByAnother = "ended_by_another",
        /// A caller is handed over to 119, 110 or the gas company, who are not on the line.
        HandoverNotConnected = "handover_not_connected",
        /// The job is held by a danger or an open identity question.
        Held = "held",
        /// It turned out when somebody was already sent that the identity cannot be checked: the door stays shut (S-04, G-08).
        IdentityOnJob = "identity_on_job",
        /// An interpreter was asked and has neither joined nor declined.
        InterpreterAwaited = "interpreter_awaited",
        /// Who has the job, or its planned visit, is kept apart from the resident.
        KeptApart = "kept_apart",
        /// Everybody on the ladder has been asked, or nobody can be asked now (K-03: never silence).
        LadderEnded = "ladder_ended",
        /// The promised arrival has passed.
        LateArrival = "late_arrival",
        /// No firm serves the place and trade (K-04): advise the caller.
        NoCoverage = "no_coverage",
        /// Nobody could get in: the job is called off, or another visit planned (C-25).
        NoAccess = "no_access",
        /// Accepted, but not on the way.
        NotDeparted = "not_departed",
        /// Nobody is asked: the resident is not entitled, and nobody has said why they are served all the same (G-14).
        NotEntitled = "not_entitled",
        /// Who has the job, or its planned visit, is suspended, or may not do such work.
        NotToBeSent = "not_to_be_sent",
        /// A firm has accepted and not named its technician.
        NotNamed = "not_named",
        /// The answer of a payer whom a technician has named has been awaited for long (G-06).
        PayerAwaited = "payer_awaited",
        /// The contractor must be told of a corrected address.
        PlaceChanged = "place_changed",
        /// What a firm says of its own staff has waited for the office for long (G-10).
        ProposalWaiting = "proposal_waiting",
        /// The landlord's or management company's answer is to be followed up.
        ReferralFollowUp = "referral_follow_up",
        /// More was paid for a job than it costs: it is to be paid back.
        RefundDue = "refund_due",
        /// A number of a device's reports is missing, and holds up a bill (G-04).
        ReportMissing = "report_missing",
        /// Another visit is needed, and none is planned.
        ReturnDue = "return_due",
        /// A doubtful record has waited for a supervisor's decision for long.
        ReviewWaiting = "review_waiting",
        /// Three have refused or not answered.
        Refusals = "refusals",
        /// Work lasts longer than such work ever does, or has been paused for long.
        Overlong = "overlong",
        /// A shift was handed over, and nobody has taken it.
        ShiftNotTaken = "shift_not_taken",
        /// On the way, but not moving.
        Stalled = "stalled",
        /// An interpreter was asked from the site and has neither joined nor declined.
        SiteInterpreterAwaited = "site_interpreter_awaited",
        /// A planned visit, or a job that somebody is to come to now, lies in time that its technician has off, has given to a
        /// colleague, or is on shift in no more.
        VisitOffDuty = "visit_off_duty",
        /// At the door, and nothing has begun.
        WaitingOnSite = "waiting_on_site",
        /// Whoever took a window over from a colleague has the day off: nobody works it.
        WindowLeft = "window_left",
        /// What a webhook is told does not arrive.
        WebhookFailing = "webhook_failing",
    }
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Alarm {
    /// Its id.
    pub id: AlarmId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// What must be known.
    pub kind: AlarmKind,
    /// What kind of thing it is about.
    pub subject: Subject,
    /// Which one.
    pub subject_id: Uuid,
    /// Where it is.
    pub state: AlarmState,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// When it rings next; absent once resolved.
    pub rings_at: Option<DateTime<Utc>>,
    /// How often it has rung.
    pub rung: i64,
    /// When it was last acknowledged.
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When its cause was gone.
    pub resolved_at: Option<DateTime<Utc>>,
}

impl AlarmKind {
    /// Whether only a clearance ends it (G-08).
    #[must_use]
    pub fn is_of_danger(self) -> bool {
        matches!(
            self,
            Self::DangerOnCase | Self::DangerOnJob | Self::DangerUnacknowledged | Self::IdentityOnJob
        )
    }

    /// Whether only settled money ends it (G-06, G-07): neither who is sent nor a closed case does.
    #[must_use]
    pub fn is_of_money(self) -> bool {
        matches!(self, Self::PayerAwaited | Self::RefundDue)
    }
}

impl AlarmKind {
    /// Whether nothing ends it but that a person knows: they make the call it asks for.
    #[must_use]
    pub fn is_over_once_known(self) -> bool {
        self == Self::ComesInVain
    }
}

impl Alarm {
    /// The alarm after it has rung.
    #[must_use]
    pub fn ring(self, now: Instant, rules: &RingingRules) -> Self {
        let rung = self.rung + 1;
        Self { state: AlarmState::Ringing, rung, rings_at: Some(now + rules.pause(rung)), ..self }
    }

    /// The alarm raised once more: an acknowledged one rings again at `at`, one that waits rings at the earlier time.
    #[must_use]
    pub fn raised_again(self, at: Instant) -> Self {
        match self.state {
            AlarmState::Ringing | AlarmState::Resolved => self,
            AlarmState::Waiting => Self { rings_at: self.rings_at.map(|due| due.min(at)), ..self },
            AlarmState::Acknowledged => Self { state: AlarmState::Waiting, rings_at: Some(at), ..self },
        }
    }

    /// The alarm moved to another time: it keeps quiet until then.
    #[must_use]
    pub fn moved(self, at: Instant) -> Self {
        match self.state {
            AlarmState::Resolved => self,
            _ => Self { state: AlarmState::Waiting, rings_at: Some(at), ..self },
        }
    }

    /// The alarm somebody has taken care of.
    pub fn acknowledge(self, now: Instant, rules: &RingingRules) -> Result<Self, Refusal> {
        match self.state {
            AlarmState::Ringing if self.kind.is_over_once_known() => {
                Ok(Self { acknowledged_at: Some(now), ..self.resolve(now) })
            }
            AlarmState::Ringing => Ok(Self {
                state: AlarmState::Acknowledged,
                acknowledged_at: Some(now),
                rings_at: Some(now + rules.quiet(self.rung)),
                ..self
            }),
            state => Err(OfficeRefused::AlarmNotRinging(state).into()),
        }
    }

    /// The alarm whose cause is gone.
    #[must_use]
    pub fn resolve(self, now: Instant) -> Self {
        match self.state {
            AlarmState::Resolved => self,
            _ => Self { state: AlarmState::Resolved, rings_at: None, resolved_at: Some(now), ..self },
        }
    }
}
