//! A job ordered for a case: what is in the way of it, and what becomes of it.

use super::{Action, Around, Job, Order};
use crate::domain::{
    calls::CallerRole,
    cases::{Case, Category},
    ids::JobId,
    intake,
    reference::{Reference, dispatch::Dispatch},
    refusal::{CaseRefused, JobRefused, Refusal},
    span::Instant,
    trade::Priority,
    warrants::{self, Warrant},
};

/// A job to be made.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What is to be done.
    pub job_code: String,
    /// How urgent it is; the job code's own, when not said.
    pub priority: Option<Priority>,
    /// The job of the same code that is under way in the case, where another one is meant to be made beside it.
    pub beside: Option<JobId>,
}

/// What is known of a case for which a job is ordered.
#[derive(Debug, Clone, Copy)]
pub struct Orderer<'a> {
    /// The case.
    pub case: &'a Case,
    /// What somebody answers for.
    pub warrants: &'a [Warrant],
    /// Who has called about it.
    pub callers: &'a [CallerRole],
    /// Its jobs, oldest first.
    pub jobs: &'a [Job],
}

impl Orderer<'_> {
    /// The order that is wished for. Nobody is sent for what is not ours (S-12), for somebody who is not entitled (E-02), or
    /// before the worker was spoken with (K-05).
    pub fn order(&self, wish: &Wish, reference: &Reference) -> Result<Order, Refusal> {
        let case = self.case;
        case.must_be_open()?;
        self.must_be_ours(&wish.job_code, reference)?;
        warrants::may_be_served(case, self.warrants)?;
        if intake::needs_the_worker(case, self.callers) {
            return Err(CaseRefused::WorkerNotSpokenWith.into());
        }
        let refused = |why: &str| Refusal::field("job_code", why);
        let kind = reference.job_codes().get(&wish.job_code).ok_or_else(|| refused("no such job code"))?;
        let trade = kind.trade().ok_or_else(|| refused("nobody is sent for this job code"))?;
        let category = Category::of(trade);
        if !case.categories.contains(&category) {
            return Err(refused(&format!("the case is not about {category}")));
        }
        self.must_be_meant(wish)?;
        let priority = wish.priority.unwrap_or(kind.priority);
        Ok(Order { job_code: wish.job_code.clone(), trade, priority })
    }

    /// The order to do a job of the case again, for the contractor's own fault (C-14).
    pub fn again(&self, first: &Job, priority: Option<Priority>) -> Result<Order, Refusal> {
        Action::Rework.may(first, Around { crew: &[], case: self.case.state(), holding: None })?;
        warrants::may_be_served(self.case, self.warrants)?;
        let priority = priority.unwrap_or(first.priority);
        Ok(Order { job_code: first.job_code.clone(), trade: first.trade, priority })
    }

    fn must_be_ours(&self, job_code: &str, reference: &Reference) -> Result<(), Refusal> {
        let topics = reference.out_of_scope();
        let is_consultation = self.case.categories.iter().all(|one| *one == Category::Consultation);
        let told = self.case.topic.as_deref().filter(|_| is_consultation);
        match topics.of_job_code(job_code).or_else(|| told.and_then(|code| topics.get(code))) {
            Some(topic) => Err(CaseRefused::OutOfScope(Box::new(topic.clone())).into()),
            None => Ok(()),
        }
    }

    /// Nobody sends two for one trouble by mistake: whoever wants another job of the same code names the one under way.
    fn must_be_meant(&self, wish: &Wish) -> Result<(), Refusal> {
        let is_same = |job: &&Job| job.job_code == wish.job_code && !job.state().is_final();
        let mut same = self.jobs.iter().filter(is_same);
        let is_known = wish.beside.is_some_and(|beside| same.clone().any(|job| job.id == beside));
        match same.next_back() {
            Some(job) if !is_known => Err(JobRefused::SameUnderWay(job.id).into()),
            _ => Ok(()),
        }
    }
}

impl Order {
    /// The job that is ordered; the ladder begins as late as its priority allows for planning a visit.
    #[must_use]
    pub fn job(self, id: JobId, case: &Case, now: Instant, rules: &Dispatch) -> Job {
        let wait = rules.policy(self.priority).start_after_s.delta();
        Job::new(id, case.id, self, now, now + wait)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        cases::sample::case,
        facts::script::at,
        jobs::tests::job_but,
        trade::Trade,
        warrants::{WarrantReason, tests::warrant},
    };

    fn wish(job_code: &str) -> Wish {
        Wish { job_code: job_code.to_owned(), priority: None, beside: None }
    }

    /// Of a case of which some is changed, whose worker has called.
    fn order(fields: &Value, wish: &Wish, jobs: &[Job], warrants: &[Warrant]) -> Result<Order, Refusal> {
        let case = case(fields);
        let orderer = Orderer { case: &case, warrants, callers: &[CallerRole::Worker], jobs };
        orderer.order(wish, &Reference::embedded().unwrap())
    }

    fn code(refused: Result<Order, Refusal>) -> String {
        match refused {
            Err(Refusal::State(refused)) => refused.code().to_owned(),
            Err(Refusal::Invalid(errors)) => errors[0].field.clone(),
            Ok(order) => format!("{} of {}", order.job_code, order.trade),
        }
    }

    #[test]
    fn nobody_is_sent_for_what_is_not_ours_or_for_whom_nobody_answers() {
        let clog = wish("W-TOILET-CLOG");
        let consultation = json!({ "categories": ["consultation"], "topic": "gas" });
        let not_entitled = json!({ "eligibility": "not_eligible" });
        for (fields, wish, expected) in [
            (json!({}), &clog, "W-TOILET-CLOG of water"),
            (json!({}), &wish("L-KEY-LOST"), "L-KEY-LOST of lock"),
            (json!({ "state": "closed", "closed_at": "2026-11-22T00:00:00Z" }), &clog, "case_closed"),
            (consultation, &clog, "out_of_scope"),
            (json!({ "topic": "gas" }), &clog, "W-TOILET-CLOG of water"),
            (json!({}), &wish("W-WATER-HEATER"), "out_of_scope"),
            (not_entitled.clone(), &clog, "not_entitled"),
            (json!({}), &wish("W-NOTHING"), "job_code"),
            (json!({ "categories": ["lock"] }), &clog, "job_code"),
        ] {
            assert_eq!(code(order(&fields, wish, &[], &[])), expected, "{fields} {wish:?}");
        }
        let answered = [warrant(WarrantReason::Danger, None)];
        assert!(order(&not_entitled, &clog, &[], &answered).is_ok());
        assert!(order(&not_entitled, &clog, &[], &[warrant(WarrantReason::InWriting, None)]).is_err());
    }

    #[test]
    fn k_05_somebody_else_has_called_and_nobody_has_spoken_with_the_worker() {
        let reference = Reference::embedded().unwrap();
        for (spoken, callers, may) in [
            (json!(null), vec![CallerRole::HostCompany], false),
            (json!(null), vec![], false),
            (json!(null), vec![CallerRole::HostCompany, CallerRole::Worker], true),
            (json!("yes"), vec![CallerRole::HostCompany], true),
            (json!("not_reachable"), vec![CallerRole::HostCompany], true),
        ] {
            let case = case(&json!({ "spoken_with_worker": spoken }));
            let orderer = Orderer { case: &case, warrants: &[], callers: &callers, jobs: &[] };
            assert_eq!(
                orderer.order(&wish("W-TOILET-CLOG"), &reference).is_ok(),
                may,
                "{spoken} {callers:?}"
            );
        }
    }

    #[test]
    fn a_second_job_of_the_same_code_is_meant() {
        let known = |number: u128, fields: Value| {
            let job = job_but(&fields);
            Job { id: JobId(Uuid::from_u128(number)), ..job }
        };
        let over = json!({ "state": "completed", "wake_at": null, "closed_at": "2026-11-22T12:00:00Z" });
        let other = json!({ "job_code": "W-FAUCET-DRIP" });
        let jobs = [known(1, json!({})), known(2, other), known(3, over)];
        let beside = |number: Option<u128>| Wish {
            beside: number.map(|number| JobId(Uuid::from_u128(number))),
            ..wish("W-TOILET-CLOG")
        };
        for (named, may) in
            [(None, false), (Some(1), true), (Some(2), false), (Some(3), false), (Some(9), false)]
        {
            assert_eq!(order(&json!({}), &beside(named), &jobs, &[]).is_ok(), may, "{named:?}");
            assert!(
                order(&json!({}), &beside(named), &jobs[1..], &[]).is_ok(),
                "{named:?}: none is under way"
            );
        }
    }

    #[test]
    fn an_order_has_the_urgency_of_its_code_or_that_which_is_said() {
        let reference = Reference::embedded().unwrap();
        let usual = reference.job_codes().get("W-TOILET-CLOG").unwrap().priority;
        assert_eq!(order(&json!({}), &wish("W-TOILET-CLOG"), &[], &[]).unwrap().priority, usual);
        for &priority in Priority::ALL {
            let said = Wish { priority: Some(priority), ..wish("W-TOILET-CLOG") };
            let order = order(&json!({}), &said, &[], &[]).unwrap();
            assert_eq!((order.priority, order.trade), (priority, Trade::Water));
            let wait = reference.dispatch().policy(priority).start_after_s.delta();
            let case = case(&json!({}));
            let job = order.job(JobId(Uuid::from_u128(1)), &case, at("10:00:00"), reference.dispatch());
            assert_eq!((job.wake_at(), job.case_id), (Some(at("10:00:00") + wait), case.id));
        }
    }

    #[test]
    fn c_14_what_was_done_is_done_again_for_whom_somebody_answers() {
        let over = json!({ "state": "completed", "wake_at": null, "closed_at": "2026-11-22T12:00:00Z" });
        for (fields, first, expected) in [
            (json!({}), over.clone(), "W-TOILET-CLOG of water"),
            (json!({}), json!({}), "job_state"),
            (json!({ "state": "closed", "closed_at": "2026-11-22T00:00:00Z" }), over.clone(), "case_closed"),
            (json!({ "eligibility": "not_eligible" }), over, "not_entitled"),
        ] {
            let case = case(&fields);
            let orderer = Orderer { case: &case, warrants: &[], callers: &[], jobs: &[] };
            assert_eq!(code(orderer.again(&job_but(&first), None)), expected, "{fields}");
        }
    }
}
