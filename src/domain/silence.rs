//! Nothing is silent (G-09, K-03): of each kind of thing that is not finished, the column with the instant at which the service
//! looks at it again, or the alarm that rings when nobody has gone on with it for a while. The one list of both.

use super::{
    alarms::AlarmKind,
    events::{Event, Subject},
    reference::dispatch::{Seconds, SilenceLimits},
    text_enum::text_enum,
};

text_enum! {
    /// What has its next instant in a column: the database refuses an unfinished one without it.
    pub enum Scheduled("scheduled thing") {
        /// A job: `wake_at`.
        Job = "job",
        /// An alarm: `rings_at`.
        Alarm = "alarm",
        /// A message: `next_at`.
        Message = "message",
        /// A referral: `follow_up_due`. Its alarm is watched as well.
        Referral = "referral",
    }
}

impl Scheduled {
    /// The column that holds the instant.
    #[must_use]
    pub fn column(self) -> &'static str {
        match self {
            Self::Job => "wake_at",
            Self::Alarm => "rings_at",
            Self::Message => "next_at",
            Self::Referral => "follow_up_due",
        }
    }
}

text_enum! {
    /// What only a person can go on with: an alarm rings when nobody does, and ends by itself once somebody has.
    pub enum Watched("watched thing") {
        /// A call rings.
        Ringing = "ringing",
        /// A call was answered and has not ended.
        Talking = "talking",
        /// A call has ended with a draft and without a case: the caller may have been cut off.
        CutOff = "cut_off",
        /// A call has ended and is not wrapped up.
        Unwrapped = "unwrapped",
        /// A caller is to be called back.
        CallBack = "call_back",
        /// A caller is being handed over to 119, 110 or the gas company, who are not on the line.
        HandOver = "hand_over",
        /// An interpreter was asked, and what came of it is not written down.
        Interpreter = "interpreter",
        /// The same, from the site of a job.
        SiteInterpreter = "site_interpreter",
        /// A case is open about something somebody is sent for, and nobody was.
        CaseWithoutJob = "case_without_job",
        /// A case is open and nothing of it is under way any more.
        CaseLeft = "case_left",
        /// A referral is to be followed up.
        Referral = "referral",
        /// A doubtful record waits for a supervisor.
        Review = "review",
        /// Somebody does not agree with a bill, and nobody has decided.
        Dispute = "dispute",
        /// What a firm says of its own staff waits for the office.
        Proposal = "proposal",
        /// Whoever took a window over from a colleague has the day off: nobody works it.
        WindowLeft = "window_left",
        /// A shift was handed over, and nobody has taken it.
        Shift = "shift",
        /// What a webhook is told does not arrive.
        Webhook = "webhook",
    }
}

impl Watched {
    /// The alarm that rings.
    #[must_use]
    pub fn alarm(self) -> AlarmKind {
        match self {
            Self::Ringing => AlarmKind::CallRinging,
            Self::Talking => AlarmKind::CallOpen,
            Self::CutOff => AlarmKind::DraftWaiting,
            Self::Unwrapped => AlarmKind::CallUnwrapped,
            Self::CallBack => AlarmKind::CallBackDue,
            Self::HandOver => AlarmKind::HandoverNotConnected,
            Self::Interpreter => AlarmKind::InterpreterAwaited,
            Self::SiteInterpreter => AlarmKind::SiteInterpreterAwaited,
            Self::CaseWithoutJob => AlarmKind::CaseWithoutJob,
            Self::CaseLeft => AlarmKind::CaseLeftOpen,
            Self::Referral => AlarmKind::ReferralFollowUp,
            Self::Review => AlarmKind::ReviewWaiting,
            Self::Dispute => AlarmKind::DisputeWaiting,
            Self::Proposal => AlarmKind::ProposalWaiting,
            Self::WindowLeft => AlarmKind::WindowLeft,
            Self::Shift => AlarmKind::ShiftNotTaken,
            Self::Webhook => AlarmKind::WebhookFailing,
        }
    }

    /// What the alarm is about: a hand-over and an interpreter are those of a call, a proposal that of a technician.
    #[must_use]
    pub fn subject(self) -> Subject {
        match self {
            Self::Ringing
            | Self::Talking
            | Self::CutOff
            | Self::Unwrapped
            | Self::CallBack
            | Self::HandOver
            | Self::Interpreter => Subject::Call,
            Self::SiteInterpreter => Subject::Job,
            Self::CaseWithoutJob | Self::CaseLeft => Subject::Case,
            Self::Referral => Subject::Referral,
            Self::Review => Subject::Review,
            Self::Dispute => Subject::Dispute,
            Self::Proposal | Self::WindowLeft => Subject::Technician,
            Self::Shift => Subject::Shift,
            Self::Webhook => Subject::Webhook,
        }
    }

    /// How long nobody may go on with it.
    #[must_use]
    pub fn after(self, limits: &SilenceLimits) -> Seconds {
        match self {
            Self::Ringing => limits.ringing_s,
            Self::Talking => limits.talking_s,
            Self::CutOff => limits.cut_off_s,
            Self::Unwrapped => limits.unwrapped_s,
            Self::HandOver => limits.hand_over_s,
            Self::Interpreter | Self::SiteInterpreter => limits.interpreter_s,
            Self::CaseWithoutJob => limits.case_without_job_s,
            Self::CaseLeft => limits.case_left_s,
            Self::Review => limits.review_s,
            Self::Dispute => limits.dispute_s,
            Self::Proposal => limits.proposal_s,
            Self::Shift => limits.shift_s,
            // Due at the instant itself.
            Self::CallBack | Self::Referral | Self::WindowLeft | Self::Webhook => Seconds::default(),
        }
    }
}

/// Whether what has happened may begin or end a silence.
#[must_use]
pub fn bears_on(event: &Event) -> bool {
    match event {
        Event::JobCreated(_)
        | Event::JobCancelled(_)
        | Event::JobProgressed(_)
        | Event::InterpreterRequested(_)
        | Event::InterpreterSettled(_)
        | Event::TechnicianProposed(_)
        | Event::TechnicianProposalDecided(_)
        | Event::ShiftEntryMade(_)
        | Event::ShiftEntryCancelled(_)
        | Event::ShiftsSwapped(_)
        | Event::ShiftSwapUndone(_) => true,
        // Nothing else that happens to a job or a technician.
        _ if matches!(event.subject().0, Subject::Job | Subject::Technician) => false,
        _ => Watched::ALL.iter().any(|watched| watched.subject() == event.subject().0),
    }
}
