//! What supervisors and billing do in the stories: every act that is allowed, at any time, leaves a record that can be proved (G-12).

use kaketsuke::domain::actor::Role;
use rand::RngExt as _;
use serde_json::{Value, json};

use super::{Story, told};
use crate::support::server::{Client, id};

const RULINGS: [&str; 3] = ["accept", "write_off", "rescind"];

fn decision(ruling: &str) -> Value {
    let reason = if ruling == "rescind" { "cooling_off" } else { "goodwill" };
    json!({ "ruling": ruling, "reason": reason, "note": "電話で確認", "disregard": [], "confirm": ["cooling_off_over"] })
}

impl Story<'_> {
    fn supervisor(&self) -> Client {
        self.server.client(Role::Supervisor)
    }

    /// Somebody decides about money, or about what becomes of a record.
    pub(super) async fn settle_something(&mut self) {
        match self.rng.random_range(0..8) {
            0 | 1 => self.review().await,
            2 | 3 => self.dispute().await,
            4 => self.pay().await,
            5 => self.agree().await,
            6 => self.begin_again().await,
            _ => self.forget().await,
        }
    }

    async fn review(&mut self) {
        let open = self.supervisor().get("/v1/reviews?state=open").await.expect(200);
        let open = open["items"].as_array().unwrap();
        if open.is_empty() {
            return;
        }
        let review = &open[self.rng.random_range(0..open.len())];
        let decision = decision(RULINGS[self.rng.random_range(0..RULINGS.len())]);
        let body = json!({ "version": review["version"], "decision": decision });
        told(self.supervisor().post(&format!("/v1/reviews/{}/decision", id(review)), body).await);
    }

    async fn dispute(&mut self) {
        let Some(job) = self.one_of(|story| &story.jobs) else { return };
        let reason = ["wrong_amount", "damage", "cooling_off"][self.rng.random_range(0..3)];
        let dispute = json!({ "reason": reason, "payer": "worker" });
        let Some(made) = self.post(&format!("/v1/jobs/{job}/disputes"), dispute).await else { return };
        let ruling = RULINGS[self.rng.random_range(0..RULINGS.len())];
        let resolution = match self.rng.random_range(0..3) {
            0 => json!({ "outcome": "rejected" }),
            1 => json!({ "outcome": "upheld", "correction": decision(ruling) }),
            // Nobody has decided yet.
            _ => return,
        };
        told(self.supervisor().post(&format!("/v1/disputes/{}/resolution", id(&made)), resolution).await);
    }

    async fn pay(&mut self) {
        let kind = ["later", "refund"][self.rng.random_range(0..2)];
        let paid = json!({
            "kind": kind, "method": "card", "payer": "worker", "amount_yen": self.rng.random_range(1..3_000),
            "received_at": self.server.ctx.now(), "reference": format!("R-{}", self.rng.random::<u32>()),
            "confirm": ["nothing_owed", "overpaid", "repeated"],
        });
        let job = self.one_of(|story| &story.jobs);
        self.post_of(job, |job| format!("/v1/jobs/{job}/payments"), paid).await;
    }

    async fn agree(&mut self) {
        let job = self.one_of(|story| &story.jobs);
        let (path, body) = match self.rng.random_range(0..2) {
            0 => ("payer-authorities", json!({ "payer": "host_company", "person": "架空 花子" })),
            _ => ("statutory-receipts", json!({ "received_on": "2026-11-22" })),
        };
        self.post_of(job, |job| format!("/v1/jobs/{job}/{path}"), body).await;
    }

    async fn begin_again(&mut self) {
        if self.rng.random_range(0..2) == 0 {
            let job = self.one_of(|story| &story.jobs);
            let rework = self.post_of(job, |job| format!("/v1/jobs/{job}/rework"), json!({})).await;
            self.jobs.extend(rework.as_ref().map(id));
        } else {
            let case = self.one_of(|story| &story.cases);
            let again = json!({ "reason": "came_back" });
            self.post_of(case, |case| format!("/v1/cases/{case}/reopening"), again).await;
        }
    }

    /// A case is held for the courts, let go, or erased.
    async fn forget(&mut self) {
        let Some(case) = self.one_of(|story| &story.cases) else { return };
        let (path, body) = match self.rng.random_range(0..3) {
            0 => ("legal-hold", json!({ "reason": "litigation" })),
            1 => ("legal-hold-lifting", json!({})),
            _ => {
                self.post(&format!("/v1/cases/{case}/closing"), json!({})).await;
                ("erasure", json!({ "reason": "unlawful" }))
            }
        };
        told(self.supervisor().post(&format!("/v1/cases/{case}/{path}"), body).await);
    }
}
