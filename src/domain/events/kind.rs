//! The kinds of event: one list, from which the codes and the events themselves are made.

use crate::domain::text_enum::text_enum;

/// Hands every kind with its code to a macro.
macro_rules! every_kind {
    ($then:ident) => {
        $then! {
            /// A call was answered.
            CallAnswered = "call.answered",
            /// A call rings.
            CallOffered = "call.offered",
            /// The caller gave up before anybody answered.
            CallAbandoned = "call.abandoned",
            /// A call ended.
            CallEnded = "call.ended",
            /// The dispatcher has finished what a call left to do.
            CallWrapped = "call.wrapped",
            /// A repeat call was attached to its case.
            CallAttached = "call.attached",
            /// A call was taken from the case it was attached to.
            CallDetached = "call.detached",
            /// Somebody has tried to call back.
            CallBackTried = "call.call_back_tried",
            /// Nobody has to call back any more.
            CallBackSettled = "call.call_back_settled",
            /// An interpreter was asked to join.
            InterpreterRequested = "interpreter.requested",
            /// An interpreter joined, or did not.
            InterpreterSettled = "interpreter.settled",
            /// The caller was asked about hazards.
            HazardsAnswered = "hazards.answered",
            /// The instruction of a hazard was given to the caller.
            InstructionGiven = "hazards.instruction_given",
            /// A hazard of a case is known.
            HazardRaised = "hazards.raised",
            /// A hazard of a case is no more.
            HazardCleared = "hazards.cleared",
            /// A caller is handed over to the emergency services.
            HandoverBegun = "emergency.begun",
            /// The emergency services are on the line.
            HandoverConnected = "emergency.connected",
            /// A hand-over to the emergency services is over.
            HandoverEnded = "emergency.ended",
            /// A shift was handed over.
            ShiftGiven = "shift.given",
            /// A shift was taken over.
            ShiftAccepted = "shift.accepted",
            /// A case was opened from a call.
            CaseOpened = "case.opened",
            /// The desk corrected where a case is.
            CasePlaceChanged = "case.place_changed",
            /// A person has confirmed a pin far from its town.
            CasePinConfirmed = "case.pin_confirmed",
            /// What is on file of a case was corrected.
            CaseCorrected = "case.corrected",
            /// Somebody answers for what a rule asks first.
            CaseWarranted = "case.warranted",
            /// A case was closed.
            CaseClosed = "case.closed",
            /// A closed case was opened again.
            CaseReopened = "case.reopened",
            /// How the identity will be checked was planned.
            IdentityPlanned = "job.identity_planned",
            /// A job was made for a case.
            JobCreated = "job.created",
            /// A matching run was recorded.
            JobMatched = "job.matched",
            /// Nobody who serves the place and trade is free now; a human must know.
            JobUncovered = "job.nobody_free",
            /// No firm serves the place and trade (K-04).
            JobNoCoverage = "job.no_coverage",
            /// The job was cancelled.
            JobCancelled = "job.cancelled",
            /// The place of an accepted job was corrected: its contractor must be told.
            JobPlaceChanged = "job.place_changed",
            /// Somebody who is on a job must know of a danger.
            JobEndangered = "job.endangered",
            /// Somebody who is on a job knows of a danger.
            DangerAcknowledged = "job.danger_acknowledged",
            /// No danger is left for somebody who is on a job.
            JobSafe = "job.safe",
            /// Somebody is off the job.
            AssignmentReleased = "assignment.released",
            /// Whoever goes will be there later than promised.
            AssignmentDelayed = "assignment.delayed",
            /// An offer was made.
            OfferMade = "offer.made",
            /// An offer was accepted.
            OfferAccepted = "offer.accepted",
            /// An offer was declined.
            OfferDeclined = "offer.declined",
            /// An offer's deadline passed.
            OfferExpired = "offer.expired",
            /// An offer was taken back.
            OfferWithdrawn = "offer.withdrawn",
            /// A fact from the site was recorded.
            FactRecorded = "fact.recorded",
            /// A report from the site was refused by itself.
            FactRejected = "fact.rejected",
            /// The job's state as told by its facts changed.
            JobProgressed = "job.progressed",
            /// The job was priced; its lines are final.
            JobSettled = "job.settled",
            /// A completed job is doubtful: a supervisor must decide.
            ReviewOpened = "review.opened",
            /// Something else is doubtful as well, or something no more.
            ReviewChanged = "review.changed",
            /// A supervisor has decided.
            ReviewDecided = "review.decided",
            /// What was doubtful is clear now.
            ReviewGone = "review.gone",
            /// Money changed hands.
            PaymentRecorded = "payment.recorded",
            /// The customer has received the statutory document.
            StatutoryReceiptRecorded = "statutory_receipt.recorded",
            /// Somebody who may has agreed for a payer other than the resident.
            PayerAuthorityRecorded = "payer_authority.recorded",
            /// Somebody who is to pay does not agree.
            DisputeOpened = "dispute.opened",
            /// What comes of a dispute is decided.
            DisputeResolved = "dispute.resolved",
            /// A job is held: nobody is asked.
            JobHeld = "job.held",
            /// What held a job is cleared.
            JobCleared = "job.cleared",
            /// A visit was planned.
            JobBooked = "job.booked",
            /// A planned visit was given up, or made way.
            JobUnbooked = "job.unbooked",
            /// A person gave the job to somebody past the ladder.
            JobOverridden = "job.overridden",
            /// Taken from whoever had it, to be put to others.
            JobReassigned = "job.reassigned",
            /// Somebody was sent to help.
            HelperAdded = "job.helper_added",
            /// A contractor was warned of being late.
            JobWarned = "job.warned",
            /// A firm named its technician.
            OfferNamed = "offer.technician_named",
            /// An alarm was raised.
            AlarmRaised = "alarm.raised",
            /// An alarm rang.
            AlarmRang = "alarm.rang",
            /// An alarm was acknowledged.
            AlarmAcknowledged = "alarm.acknowledged",
            /// The cause of an alarm is gone.
            AlarmResolved = "alarm.resolved",
            /// A trouble was referred to landlord or management company.
            ReferralMade = "referral.made",
            /// It was said whom to tell.
            ReferralAddressed = "referral.addressed",
            /// Somebody tried to tell them.
            ReferralAttempted = "referral.attempted",
            /// The notice is to go to a recipient by e-mail.
            ReferralMailRequested = "referral.mail_requested",
            /// They have acknowledged.
            ReferralAcknowledged = "referral.acknowledged",
            /// What came of it is known.
            ReferralClosed = "referral.closed",
            /// A picture from the site was kept.
            EvidenceKept = "evidence.kept",
            /// It is written down why nobody has signed.
            SignatureMissed = "evidence.no_signature",
            /// The people and the place of a case are known no more.
            CaseErased = "case.erased",
            /// Nothing of a case is erased until somebody lifts that.
            CaseHoldPlaced = "case.hold_placed",
            /// What is kept of a case may be erased again.
            CaseHoldLifted = "case.hold_lifted",
            /// The retention table was applied.
            RetentionApplied = "retention.applied",
            /// The head of the feed as it was that night, for those who keep it elsewhere.
            LogAnchored = "log.anchored",
            /// Rows were written of which no other event tells: it bears their seals.
            RowsSealed = "log.rows_sealed",
            /// A firm was registered.
            FirmRegistered = "firm.registered",
            /// A firm's data changed.
            FirmChanged = "firm.changed",
            /// A technician was registered.
            TechnicianRegistered = "technician.registered",
            /// A technician's data changed.
            TechnicianChanged = "technician.changed",
            /// A firm has said something of a technician that the office has not confirmed.
            TechnicianProposed = "technician.proposed",
            /// The office has decided what a firm has said of a technician, or the firm has said something else.
            TechnicianProposalDecided = "technician.proposal_decided",
            /// A dated entry was made in a technician's roster.
            ShiftEntryMade = "roster.entry_made",
            /// A dated entry of a roster was cancelled.
            ShiftEntryCancelled = "roster.entry_cancelled",
            /// A technician gave a window to a colleague.
            ShiftsSwapped = "roster.swapped",
            /// A swap was undone.
            ShiftSwapUndone = "roster.swap_undone",
            /// A firm or technician is not sent to a resident any more.
            BlockMade = "block.made",
            /// A blocked pair may meet again.
            BlockEnded = "block.ended",
            /// A billing consumer was made.
            ConsumerCreated = "consumer.created",
            /// A billing consumer acknowledged lines.
            ConsumerAcknowledged = "consumer.acknowledged",
            /// A webhook was made.
            WebhookMade = "webhook.made",
            /// A webhook was changed.
            WebhookChanged = "webhook.changed",
            /// A webhook was deleted.
            WebhookDeleted = "webhook.deleted",
            /// A webhook has a new secret.
            WebhookSecretAdded = "webhook.secret_added",
            /// A message was tried often enough.
            MessageDied = "message.died",
            /// A dead message is tried anew.
            MessageReplayed = "message.replayed",
            /// A token was issued.
            TokenIssued = "token.issued",
            /// A token was revoked.
            TokenRevoked = "token.revoked",
            /// A person may sign in from now on.
            UserAdded = "user.added",
            /// A person may not sign in any more.
            UserDisabled = "user.disabled",
            /// A person has another password.
            PasswordChanged = "user.password_changed",
            /// A person has signed in.
            SessionOpened = "session.opened",
            /// A session is over before its time.
            SessionEnded = "session.ended",
            /// A newer dataset is in force.
            ReferenceLoaded = "reference.loaded",
        }
    };
}
pub(super) use every_kind;

macro_rules! kinds {
    ($($kinds:tt)+) => {
        text_enum! {
            /// What happened.
            pub enum Kind("event kind") { $($kinds)+ }
        }
    };
}
every_kind!(kinds);
