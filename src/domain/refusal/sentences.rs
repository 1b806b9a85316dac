//! The words of every refusal, in English: what is so and what can be done, each on one line.

use std::fmt::{Display, Formatter, Result};

use super::{
    CallRefused, CaseRefused, Closing, EvidenceRefused, FitnessRefused, JobRefused, MoneyRefused, Obstacle,
    OfferRefused, OfficeRefused, ReferralRefused, RosterRefused, Unfit,
};
use crate::domain::{
    fitness::{InTheWay, Reason},
    jobs::Action,
    reference::out_of_scope::{Topic, TopicKind},
    span::tokyo,
};

impl Display for OfferRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NotOpen(state) => write!(f, "the offer is {state} already"),
            Self::NotToTakeBack(state) => {
                write!(f, "the offer is {state}; reassign the job to take an acceptance back")
            }
            Self::Expired => f.write_str("the offer's deadline has passed; it is offered to the next"),
            Self::NotDue => f.write_str("the offer's deadline has not passed yet"),
            Self::NotAccepted(state) => write!(f, "the offer is {state}, not accepted"),
            Self::ToFirm => f.write_str("the offer was made to the firm, which answers it"),
            Self::NotToFirm => f.write_str("the offer was made to a technician, who has accepted it himself"),
            Self::TechnicianBusy => f.write_str("the technician has a job and another one waiting"),
            Self::AssignmentReleased => f.write_str("the assignment is over already"),
        }
    }
}

impl Display for JobRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Cannot(action, state) => write!(f, "the job is {state}, so it cannot be {}", done(*action)),
            Self::CannotHold(state) => write!(f, "the job is {state}, so it cannot be held"),
            Self::CannotClear(state) => write!(f, "the job is {state}, so it cannot be cleared"),
            Self::CannotAskFor(state) => write!(f, "the job is {state}, so it cannot be asked for"),
            Self::CannotOfferAnew(state) => write!(f, "the job is {state}, so it cannot be offered anew"),
            Self::CannotAccept(state) => write!(f, "the job is {state}, so it cannot be accepted"),
            Self::CannotGiveUp(state) => write!(f, "the job is {state}, so it cannot be given up"),
            Self::NobodyToName(state) => write!(f, "the job is {state}, so nobody is to be named"),
            Self::NothingToPlan(state) => write!(f, "the job is {state}, so nothing is planned for it"),
            Self::Held(hold) => write!(f, "the job is held by {}; clear it first", hold.as_str()),
            Self::DangersNotNamed(dangers) => {
                write!(f, "these dangers are to be acknowledged as well: {}", dangers.join(", "))
            }
            Self::Urgent(priority) => write!(f, "a job of priority {priority} goes now; it is not booked"),
            Self::CrewFull(most) => write!(f, "a job has at most {most} technicians"),
            Self::SameUnderWay(job) => {
                write!(f, "the job {job} of the same code is under way; name it in beside to send two")
            }
            Self::NobodyOnIt => f.write_str("nobody is on the job"),
            Self::NotBooked => f.write_str("no visit is planned for this job"),
            Self::VisitStays(priority) => {
                write!(f, "a job of priority {priority} does not displace a planned visit")
            }
            Self::WindowTaken => f.write_str("the technician has another visit planned in this window"),
            Self::NoIdentityCheck => f.write_str("only where a door is opened is the identity checked"),
            Self::TooManyPlans => f.write_str("the plan was changed very often"),
        }
    }
}

impl Display for FitnessRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Suspended => f.write_str("the technician or the firm is not in service"),
            Self::Trade => f.write_str("the technician does not do this trade"),
            Self::Licence => f.write_str(
                "the firm has no designation by the water utility there that is valid on that day",
            ),
            Self::Authority => f.write_str("the technician may not carry tools that open locks"),
            Self::Blocked => f.write_str("the technician or the firm is kept apart from this resident"),
            Self::Unconfirmed(all) => {
                let all: Vec<_> = all.iter().map(in_the_way).collect();
                write!(f, "{}: send them all the same by confirming it, with the reason", all.join("; "))
            }
        }
    }
}

/// What is in the way of sending somebody, for "…; …: send them all the same".
fn in_the_way(one: &InTheWay) -> String {
    let words = match (one.reason, one.visit) {
        (Reason::Booked, Some((job, from))) => {
            let from = tokyo(from).format("%m-%d %H:%M");
            return format!("the technician has a visit planned from {from} (job {job})");
        }
        (Reason::Booked, None) => "the technician has a visit planned",
        (Reason::Area, _) => "the firm does not serve this municipality",
        (Reason::JobCode, _) => "the technician is sent for other kinds of trouble only",
        (Reason::Tool, _) => "the technician lacks a tool the work needs",
        (Reason::OffShift, _) => "the technician is off duty then",
        (reason, _) => reason.as_str(),
    };
    words.to_owned()
}

/// What is done to a job, for "it cannot be …".
fn done(action: Action) -> &'static str {
    match action {
        Action::Book => "booked",
        Action::Unbook => "unbooked; reassign or cancel it instead",
        Action::Override => "given to somebody",
        Action::Reassign => "taken back: nobody has it who could be replaced",
        Action::Withdraw => "withdrawn from; report what was done, and call the desk",
        Action::AddHelper => "helped with",
        Action::Cancel => "called off",
        Action::Rework => "done again",
    }
}

impl Display for Unfit {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NoSuchOffer => f.write_str("no such offer"),
            Self::NotOfTheFirm => f.write_str("the firm has no such technician"),
            Self::OnItAlready => f.write_str("is on the job already"),
            Self::ArrivalPassed => f.write_str("the arrival cannot be promised for the past"),
            Self::ArrivalTooLate(latest) => {
                let latest = tokyo(*latest).format("%Y-%m-%d %H:%M");
                write!(f, "the arrival can be promised for {latest} in Japan at the latest")
            }
            Self::AgreedLater => f.write_str("it cannot have been agreed later than now"),
            Self::AgreedBefore(since) => {
                let since = tokyo(*since).format("%Y-%m-%d %H:%M:%S");
                write!(
                    f,
                    "it can have been agreed from {since} in Japan on: nobody could be given the job before"
                )
            }
            Self::AgreedNow => {
                f.write_str("only the desk writes down what was agreed before, on the telephone")
            }
            Self::CodeNotAmong(codes) => {
                let known: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
                write!(f, "a contractor gives one of: {}", known.join(", "))
            }
        }
    }
}

impl Display for CallRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::CannotAnswer(state) => write!(f, "the call is {state}, so it cannot be answered"),
            Self::CannotAbandon(state) => write!(f, "the call is {state}, so it cannot be abandoned"),
            Self::CannotEnd(state) => write!(f, "the call is {state}, so it cannot be ended"),
            Self::CannotWrapUp(state) => write!(f, "the call is {state}, so it cannot be wrapped up"),
            Self::CannotJoin(state) => write!(f, "the call is {state}, so nobody can join it"),
            Self::NotSpokenWith => f.write_str("nobody has spoken with the caller yet"),
            Self::HasCase => f.write_str("this call belongs to a case already"),
            Self::HasNoCase => f.write_str("this call belongs to no case"),
            Self::OpenedItsCase => f.write_str("the case was opened from this call, so it stays there"),
            Self::NoDraft => f.write_str("the call has a case: write it there"),
            Self::NoCallBackDue => f.write_str("nobody has to call back for this call"),
            Self::HandoverConnected => f.write_str("the hand-over was connected or ended before"),
            Self::HandoverEnded => f.write_str("the hand-over has ended before"),
            Self::HandoverUnderWay => {
                f.write_str("the call is being handed over to them already; end that first")
            }
            Self::TooManyHandovers => f.write_str("this call was handed over very often"),
            Self::InterpretationSettled(state) => write!(f, "the interpreter is {state} already"),
            Self::InterpreterNotOnTheLine(state) => {
                write!(f, "the interpreter is {state}, not on the line")
            }
            Self::InterpreterOnTheLine => {
                f.write_str("an interpreter is asked or on the line already: settle or end that first")
            }
            Self::TooManyInterpreters => f.write_str("interpreters were asked very often in this call"),
        }
    }
}

impl Display for CaseRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Closed => f.write_str("the case is closed"),
            Self::ClosedAlready => f.write_str("the case is closed already"),
            Self::Open => f.write_str("the case is open: close it first, then erase it"),
            Self::OpenAlready => f.write_str("the case is open already"),
            Self::StillNeeded(needs) => {
                let needs: Vec<_> = needs.iter().map(|need| need.in_words()).collect();
                write!(
                    f,
                    "still open: {}; settle that first, or name what demands it all the same",
                    needs.join(", ")
                )
            }
            Self::OnHold => {
                f.write_str("nothing of this case is erased: somebody has placed a legal hold on it")
            }
            Self::OnHoldAlready => f.write_str("there is a legal hold on this case already"),
            Self::NotOnHold => f.write_str("there is no legal hold on this case"),
            Self::Erased => f.write_str("the case was erased; nothing more is kept of it"),
            Self::PlaceErased => f.write_str("the case has no place any more"),
            Self::PinFarFromTown(metres, reach) => write!(
                f,
                "the pin is {metres} m from its town, further than {reach} m: look again, or confirm it with \
                 pin_confirmed far_from_town"
            ),
            Self::OutOfScope(topic) => out_of_scope(topic, f),
            Self::NotEntitled => f.write_str(
                "the person is not entitled: record first why they are served all the same (a warrant)",
            ),
            Self::TooManyWarrants => f.write_str("the case was answered for very often"),
            Self::WorkerNotSpokenWith => f.write_str(
                "somebody else has called: speak with the worker first, or record that he is not reachable",
            ),
            Self::ProgrammeNotInService => f.write_str("the programme is not in service on this day"),
            Self::HazardsUnanswered(hazards) => {
                write!(f, "danger first: not asked about yet: {}", hazards.join(", "))
            }
            Self::InstructionsNotGiven(hazards) => write!(
                f,
                "danger first: the instruction was not given to the caller yet: {}",
                hazards.join(", ")
            ),
            Self::NoInstruction => {
                f.write_str("this hazard is not there, so there is no instruction to give")
            }
            Self::HazardNotOpen => f.write_str("this hazard is not known of the case, or cleared before"),
            Self::ClearanceNotAllowed => f.write_str("only the police or a supervisor can clear this hazard"),
        }
    }
}

/// Whom to ask instead is told in the languages of the reference data.
fn out_of_scope(topic: &Topic, f: &mut Formatter<'_>) -> Result {
    let Topic { ja, en, addressee_ja, addressee_en, .. } = topic;
    match topic.kind {
        TopicKind::Service => write!(f, "{ja}:{addressee_ja} / {en}: nobody is sent. {addressee_en}"),
        TopicKind::Elsewhere => {
            write!(f, "{ja}は対象外です。連絡先:{addressee_ja} / {en}: out of scope. Ask: {addressee_en}")
        }
    }
}

impl Display for Obstacle {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::LiabilityUnknown => f.write_str("ask first whether somebody else suffered damage"),
            Self::HazardOpen(hazard) => write!(f, "{hazard} is not cleared"),
            Self::InstructionNotGiven(hazard) => write!(f, "the instruction of {hazard} was not given"),
            Self::JobNotFinal(job_code, state) => write!(f, "the job {job_code} is {state}"),
            Self::ReferralDue(job_code) => {
                write!(f, "{job_code} is the landlord's matter: refer it, or record why not")
            }
        }
    }
}

/// All of it is said, each with its rule.
impl Display for Closing {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} ({})", self.first, self.first.rule())?;
        self.others.iter().try_for_each(|one| write!(f, "; {one} ({})", one.rule()))
    }
}

impl Display for ReferralRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Closed => f.write_str("the referral is closed"),
            Self::UnderWay => f.write_str("somebody has been told already"),
            Self::NoConsent => f.write_str(
                "without the worker's consent (script D-2) the centre contacts nobody: the worker tells them himself",
            ),
            Self::NotAcknowledged(side, left) => {
                let names: Vec<_> = side.iter().map(|kind| kind.as_str()).collect();
                let names = names.join(" or ");
                write!(f, "R-09: {names} has not acknowledged; log an acknowledgement or {left} more attempts")
            }
            Self::NotConfirmed(left) => write!(
                f,
                "R-09: the worker has not confirmed; log his confirmation or {left} more call-backs"
            ),
            Self::AcknowledgedAlready => f.write_str("this recipient has acknowledged already"),
            Self::TooMany => f.write_str("the case has too many referrals"),
            Self::TooManyAttempts => f.write_str("too many attempts are logged"),
        }
    }
}

impl Display for EvidenceRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::UploadTooSlow => f.write_str("the upload took more than a day; send it again"),
            Self::IdReused => {
                f.write_str("this id stands for another picture; make a new one for each picture")
            }
            Self::TooManyPictures(most) => {
                write!(f, "the job has {most} pictures, as many as a job can have")
            }
            Self::AbsenceKnown => f.write_str("it is written down already why nobody has signed"),
        }
    }
}

impl Display for MoneyRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::NotSettled => f.write_str("the job has no bill yet"),
            Self::DisputeResolved => f.write_str("the dispute is resolved already"),
            Self::TooManyDisputes => f.write_str("the job was disputed very often"),
            Self::TooManyPayments => f.write_str("the job has as many payments as a job can have"),
            Self::TooManyReceipts => f.write_str("the job has as many receipts as a job can have"),
            Self::ReceiptDatedLater(day) => write!(
                f,
                "the document was received on {day} by the record; repeat it with confirm: [\"dated_later\"] if that is wrong"
            ),
            Self::CoolingOffOver(day) => write!(
                f,
                "the eight days ended on {day}; repeat it with confirm: [\"cooling_off_over\"] to rescind all the same"
            ),
            Self::ReviewOver => {
                f.write_str("nothing of it is doubtful any more, or a later review is to be decided")
            }
            Self::TooManyDecisions => f.write_str("the job was decided about very often"),
            Self::RecordOverLimits => {
                f.write_str("the record is more than one job can hold: correct it or write it off")
            }
            Self::Rescinded => f.write_str("the contract was rescinded, which is final"),
            Self::NothingToCorrect => f.write_str("the job cost nothing: there is no bill to correct"),
            Self::PaymentForNothing => f.write_str(
                "the job costs nothing; repeat it with confirm: [\"nothing_owed\"] to record it all the same",
            ),
            Self::PaymentOverpaid(due) => write!(
                f,
                "{due} yen are due; repeat it with confirm: [\"overpaid\"] to record more all the same"
            ),
            Self::PaymentRepeated => f.write_str(
                "a payment like this is recorded already; repeat it with confirm: [\"repeated\"] if it is another one",
            ),
            Self::PayerNotOnBill(payer) => write!(f, "nothing was ever billed to {payer}"),
            Self::DisputeOpen => f.write_str("a dispute of this payer for this reason is open already"),
            Self::NoReferral => {
                f.write_str("refer the trouble to the landlord first: the answer is recorded on the referral")
            }
            Self::PayerAuthorised => f.write_str("it is on record that this payer has agreed"),
            Self::ConsumerExists => f.write_str("there is a billing consumer of this name"),
            Self::AcknowledgementBack(pos) => {
                write!(f, "{pos} is acknowledged already; an acknowledgement never goes back")
            }
            Self::AcknowledgementAhead(end) => {
                write!(f, "the feed ends at {end}; only what was read can be acknowledged")
            }
        }
    }
}

impl Display for RosterRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::EntryOverlaps => f.write_str("the technician has an entry of this kind in that window"),
            Self::WindowGivenAway => f.write_str(
                "the technician has given a part of that window to a colleague; undo that swap first",
            ),
            Self::EntryOfSwap(swap) => write!(f, "the entry comes from the swap {swap}; undo that"),
            Self::EntryCancelled => f.write_str("the entry is cancelled already"),
            Self::SwapUndone => f.write_str("the swap is undone already"),
            Self::SwapOver => f.write_str("the window is over; nothing is left to undo"),
            Self::SwapPassedOn => f.write_str("the taker has given a part of it on; undo that swap first"),
            Self::ShiftTakenOver => f.write_str("the shift was taken over before"),
            Self::OwnShift => f.write_str("somebody else takes a shift over than who gives it"),
            Self::NoGiver => f.write_str("only a person hands a shift over"),
            Self::NoTaker => f.write_str("only a person takes a shift over"),
        }
    }
}

impl Display for OfficeRefused {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::OwnAccount => f.write_str("nobody disables the own account"),
            Self::LastAdministrator => f.write_str(
                "no administrator could get in any more; at the command line, --last-administrator says that this is meant",
            ),
            Self::UserDisabled => f.write_str("this person may not sign in any more"),
            Self::TooManyWebhooks => f.write_str("delete one before making another"),
            Self::MessageNotDead(state) => write!(f, "the message is {state}, not dead"),
            Self::BlockEnded => f.write_str("the block has ended already"),
            Self::TooManyTechnicians(max) => write!(f, "the office registers more than {max} technicians of a firm"),
            Self::TooManyProposals(max) => write!(f, "{max} proposals wait for the office; make more when it has decided"),
            Self::ProposalsTooFast(max) => write!(f, "{max} proposals were made within an hour; make more later"),
            Self::ProposalNotWaiting(state) => write!(f, "the proposal is {state}, so it cannot be decided"),
            Self::AlarmNotRinging(state) => {
                write!(f, "the alarm is {state}, so it cannot be acknowledged")
            }
            Self::Contended => {
                f.write_str("others keep changing what this needs; look at it again before you repeat it")
            }
        }
    }
}
