//! When a referral may be closed.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn referral(lessee_kind: LesseeKind, consent_to_contact: ContactConsent) -> Referral {
    let now: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
    Referral {
        id: Uuid::nil().into(),
        version: 1,
        case_id: Uuid::nil().into(),
        job_id: None,
        job_code: None,
        reason: ReferralReason::Wear,
        stage: Stage::Triage,
        component: Component::Tap,
        private_or_common: Part::Private,
        lessee_kind,
        consent_to_contact,
        evidence: vec![],
        stop_gap_at: None,
        state: ReferralState::Open,
        decided_at: now,
        follow_up_due: Some(now),
        follow_up_assumed: false,
        outcome: None,
        closed_at: None,
    }
}

fn attempt(recipient: Option<RecipientKind>, delivery_status: DeliveryStatus) -> Attempt {
    let channel = if recipient.is_some() { NoticeChannel::Phone } else { NoticeChannel::ByWorker };
    Attempt {
        at: "2026-11-22T12:00:00Z".parse().unwrap(),
        recipient,
        channel,
        language: "ja".to_owned(),
        template_version: "1".to_owned(),
        delivery_status,
    }
}

fn any<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

#[test]
fn sides_are_told_apart() {
    use RecipientKind::{HostCompany, Landlord, ManagementCompany, Waterworks};
    for (lessee, recipients, right) in [
        (LesseeKind::Worker, &[Landlord][..], true),
        (LesseeKind::Unknown, &[ManagementCompany, Waterworks], true),
        (LesseeKind::Worker, &[Waterworks], false),
        (LesseeKind::Worker, &[], false),
        (LesseeKind::HostCompany, &[Landlord], false),
        (LesseeKind::HostCompany, &[HostCompany], false),
        (LesseeKind::HostCompany, &[ManagementCompany, HostCompany], true),
        (LesseeKind::HostOwned, &[HostCompany], true),
        (LesseeKind::HostOwned, &[Landlord], false),
        (LesseeKind::Worker, &[Landlord, Landlord], false),
    ] {
        assert_eq!(lessee.check(recipients).is_ok(), right, "{lessee} {recipients:?}");
    }
}

proptest! {
    /// R-09, told once more: each side has acknowledged or was tried three times; where the worker tells them
    /// himself, he has confirmed or was called back three times.
    #[test]
    fn it_closes_exactly_when_r_09_allows(
        lessee in any(LesseeKind::ALL),
        consent in any(ContactConsent::ALL),
        tried in prop::collection::vec((prop::option::of(any(RecipientKind::ALL)), any(DeliveryStatus::ALL)), 0..8),
        acknowledged in prop::collection::vec(any(RecipientKind::ALL), 0..3),
    ) {
        let now: Instant = "2026-11-22T13:00:00Z".parse().unwrap();
        let attempts: Vec<_> = tried.iter().map(|(kind, status)| attempt(*kind, *status)).collect();
        let acknowledged: Vec<_> = acknowledged.iter().map(|kind| Acknowledged { recipient: *kind, at: now }).collect();
        let told = |landlord: bool| {
            let on_side = |kind: RecipientKind| match kind {
                RecipientKind::Landlord | RecipientKind::ManagementCompany => landlord,
                RecipientKind::HostCompany => !landlord,
                RecipientKind::Waterworks => false,
            };
            let confirmed = tried.iter().any(|(_, status)| *status == DeliveryStatus::Confirmed);
            acknowledged.iter().any(|by| on_side(by.recipient))
                || tried.iter().filter(|(kind, _)| kind.is_none_or(on_side)).count() >= 3
                || (consent != ContactConsent::Yes && confirmed)
        };
        let allowed = match lessee {
            LesseeKind::Worker | LesseeKind::Unknown => told(true),
            LesseeKind::HostCompany => told(true) && told(false),
            LesseeKind::HostOwned => told(false),
        };
        let progress = Progress { attempts, acknowledged };
        match referral(lessee, consent).close(ReferralOutcome::NoAnswer, &progress, now) {
            Ok(closed) => {
                prop_assert!(allowed);
                prop_assert_eq!(closed.state, ReferralState::Closed);
                prop_assert_eq!((closed.closed_at, closed.follow_up_due), (Some(now), None));
                prop_assert!(closed.close(ReferralOutcome::Refused, &progress, now).is_err());
            }
            Err(refusal) => {
                prop_assert!(!allowed);
                let of_rule = matches!(&refusal, Refusal::State(refused) if refused.rule() == Some("R-09"));
                prop_assert!(of_rule, "{}", refusal);
            }
        }
    }

    /// Without consent the centre contacts nobody (Y-03).
    #[test]
    fn without_consent_nobody_is_contacted(
        consent in any(ContactConsent::ALL),
        channel in any(NoticeChannel::ALL),
        status in any(DeliveryStatus::ALL),
        recipient in prop::option::of(any(RecipientKind::ALL)),
    ) {
        let checked = referral(LesseeKind::Worker, consent).check_attempt(
            channel, status, recipient, RecipientKind::ALL,
        );
        if channel != NoticeChannel::ByWorker && consent != ContactConsent::Yes {
            let of_rule = matches!(&checked, Err(Refusal::State(refused)) if refused.rule() == Some("Y-03"));
            prop_assert!(of_rule);
        }
    }
}
