//! What a message says, written anew from its event at each attempt.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::json;

use super::{
    super::{
        Ctx, Error,
        offer_lists::{self, Offered},
        records,
        referrals::{self, Language, To},
    },
    DELIVERY,
};
use crate::{
    documents::{
        anchor_mail,
        danger_mail::{self, DangerFacts, Restraint},
        offer_mail::{self, OfferFacts},
    },
    domain::{
        events::{Event, Subject},
        firms::Standing,
        ids::{AssignmentId, FirmId, JobId, ReferralId, WebhookId},
        jobs::Hold,
        messages::{Mail, Outgoing, WebhookCall},
        reference::Reference,
        referrals::{DeliveryStatus, NoticeChannel},
    },
    store::{
        self, Tx,
        feed::Entry,
        messages::{Receiver, Taken},
    },
};

/// An offer's end is no news any more after so many minutes.
const NEWS_MINUTES: i64 = 120;

/// What is to be sent.
pub(super) struct Prepared {
    pub(super) outgoing: Outgoing,
    /// What is logged at the referral once it is known what became of it.
    pub(super) notice: Option<referrals::Tried>,
}

impl From<Outgoing> for Prepared {
    fn from(outgoing: Outgoing) -> Self {
        Self { outgoing, notice: None }
    }
}

/// What is to be sent; nothing, when nobody needs it any more.
pub(super) async fn prepare(ctx: &Ctx, taken: &Taken) -> Result<Option<Prepared>, Error> {
    let mut tx = ctx.db().read().await?;
    let Some(entry) = store::messages::event_of(&mut tx, taken.pos).await? else { return Ok(None) };
    drop(tx);
    match taken.receiver {
        Receiver::Webhook(webhook) => call(ctx, taken, webhook, &entry).await,
        Receiver::Firm(firm) if !may_hear(&mut ctx.db().read().await?, firm, &entry).await? => Ok(None),
        Receiver::Firm(firm) => match &entry.event {
            Event::JobEndangered(told) => danger(ctx, taken, firm, told.assignment).await,
            Event::JobSafe(told) => danger(ctx, taken, firm, told.assignment).await,
            _ => offer(ctx, taken, firm, &entry).await,
        },
        Receiver::Referral(referral) => notice(ctx, taken, referral, &entry).await,
        Receiver::Keeper => Ok(anchor(ctx, taken, &entry)),
    }
}

/// The head of the log to whoever keeps it (G-12).
fn anchor(ctx: &Ctx, taken: &Taken, entry: &Entry) -> Option<Prepared> {
    let (Event::LogAnchored(anchored), Some(to)) = (&entry.event, ctx.anchor_mail()) else { return None };
    let letter = anchor_mail::letter(entry.at, anchored.pos, &anchored.hash);
    let (id, to, at) = (taken.id, to.clone(), ctx.now());
    Some(Outgoing::Mail(Mail { id, to, at, subject: letter.subject, text: letter.text }).into())
}

/// Whether a firm is told: a suspended one hears of the jobs that it had in hand then, and of nothing else (G-10).
async fn may_hear(tx: &mut Tx, id: FirmId, entry: &Entry) -> Result<bool, Error> {
    match (store::firms::find(tx, id).await?, entry.event.subject()) {
        (None, _) => Ok(false),
        (Some(firm), _) if firm.state == Standing::Active => Ok(true),
        (Some(_), (Subject::Job, job)) => {
            Ok(store::messages::firms_on(tx, JobId(job), entry.at).await?.contains(&id))
        }
        (Some(_), _) => Ok(false),
    }
}

async fn call(ctx: &Ctx, taken: &Taken, id: WebhookId, entry: &Entry) -> Result<Option<Prepared>, Error> {
    let at = ctx.now();
    let mut tx = ctx.db().read().await?;
    let Some(webhook) = store::webhooks::find(&mut tx, id).await? else { return Ok(None) };
    if let Some(firm) = webhook.firm_id
        && !may_hear(&mut tx, firm, entry).await?
    {
        return Ok(None);
    }
    let secrets = store::webhooks::secrets(&mut tx, id, at).await?;
    let body = body(entry, webhook.firm_id);
    let call = WebhookCall { id: taken.id, url: webhook.url, secrets, at, body };
    Ok(Some(Outgoing::Webhook(call).into()))
}

/// What a webhook is told: that of a firm less than the service's own.
fn body(entry: &Entry, firm: Option<FirmId>) -> String {
    let (subject, subject_id) = entry.event.subject();
    let details = if firm.is_some() { entry.event.for_firms() } else { entry.event.data() };
    let body = json!({
        "type": entry.event.kind(),
        "timestamp": entry.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        "data": {
            "event_id": entry.id,
            "pos": entry.pos,
            "subject": subject,
            "subject_id": subject_id,
            "details": details,
        },
    });
    body.to_string()
}

/// The e-mail to a firm about an offer: what may be known before it is accepted, and nothing else (Y-03).
async fn offer(ctx: &Ctx, taken: &Taken, id: FirmId, entry: &Entry) -> Result<Option<Prepared>, Error> {
    let mut tx = ctx.db().read().await?;
    let to = store::firms::find(&mut tx, id).await?.and_then(|firm| firm.email);
    let offer = match &entry.event {
        Event::OfferMade(made) => Some(made.offer),
        Event::OfferWithdrawn(withdrawn) => Some(withdrawn.offer),
        _ => None,
    };
    let (Some(to), Some(offer)) = (to, offer) else { return Ok(None) };
    drop(tx);
    let offered = match offer_lists::find(ctx, &DELIVERY, offer).await {
        Err(Error::NotFound(_)) => return Ok(None),
        other => other?,
    };
    let (at, reference) = (ctx.now(), ctx.reference());
    let still_news = match entry.event {
        Event::OfferMade(_) => offered.offer.is_open() && at < offered.offer.deadline,
        _ => at < entry.at + TimeDelta::minutes(NEWS_MINUTES),
    };
    if !still_news {
        return Ok(None);
    }
    let tongue = |language| referrals::spoken(&reference, &offered.language, language);
    let (ja, en) = (tongue(Language::Ja), tongue(Language::En));
    let facts = offer_facts(&reference, &offered, (&ja, &en));
    let letter = match (&entry.event, offered.offer.withdraw_code()) {
        (Event::OfferMade(_), _) => offer_mail::made(&facts),
        (_, code) => offer_mail::over(&facts, code),
    };
    let mail = Mail { id: taken.id, to, at, subject: letter.subject, text: letter.text };
    Ok(Some(Outgoing::Mail(mail).into()))
}

fn offer_facts<'f>(
    reference: &'f Reference,
    offered: &'f Offered,
    language: (&'f str, &'f str),
) -> OfferFacts<'f> {
    let kind = reference.job_codes().get(&offered.job_code);
    OfferFacts {
        offer: offered.offer.id,
        deadline: offered.offer.deadline,
        job_code: &offered.job_code,
        work: kind.map_or(("", ""), |kind| (&kind.ja, &kind.en)),
        priority: offered.priority,
        district: offered.district.as_deref(),
        language,
    }
}

/// The e-mail to the firm of somebody who is on a job that is dangerous, or no more: how it stands now, whichever of both was
/// the news.
async fn danger(
    ctx: &Ctx,
    taken: &Taken,
    id: FirmId,
    assignment: AssignmentId,
) -> Result<Option<Prepared>, Error> {
    let (at, reference) = (ctx.now(), ctx.reference());
    let mut tx = ctx.db().read().await?;
    let to = store::firms::find(&mut tx, id).await?.and_then(|firm| firm.email);
    let assignment = store::assignments::find(&mut tx, assignment).await?.filter(|one| !one.is_over());
    let (Some(to), Some(assignment)) = (to, assignment) else { return Ok(None) };
    let perils = records::perils(ctx, &mut tx, assignment.job_id).await?;
    drop(tx);
    let offered = offer_lists::find(ctx, &DELIVERY, assignment.offer_id).await?;
    let tongue = |language| referrals::spoken(&reference, &offered.language, language);
    let (ja, en) = (tongue(Language::Ja), tongue(Language::En));
    let offer = offer_facts(&reference, &offered, (&ja, &en));
    let dangers: Vec<_> = perils.open().map(|peril| reference.hazards().words(&peril.what)).collect();
    let letter = if dangers.is_empty() {
        danger_mail::safe(&offer)
    } else {
        let restraint = match perils.holding() {
            Some(Hold::Hazard(_)) => Restraint::MakeSafeOnly,
            Some(Hold::Identity) => Restraint::KeepShut,
            None => Restraint::Care,
        };
        danger_mail::endangered(&DangerFacts { offer, dangers, restraint })
    };
    let mail = Mail { id: taken.id, to, at, subject: letter.subject, text: letter.text };
    Ok(Some(Outgoing::Mail(mail).into()))
}

/// The notice of a referral to one of its recipients.
async fn notice(ctx: &Ctx, taken: &Taken, id: ReferralId, entry: &Entry) -> Result<Option<Prepared>, Error> {
    let Event::ReferralMailRequested(requested) = &entry.event else { return Ok(None) };
    let (recipient, language) = (requested.recipient, requested.language);
    let whole = referrals::find(ctx, id).await?;
    let known = whole.recipients.iter().find(|known| known.kind == recipient);
    let address = known.and_then(|known| known.email.clone()).and_then(|text| text.try_into().ok());
    let (Some(to), Ok(())) = (address, whole.referral.may_be_told()) else { return Ok(None) };
    let notice = referrals::notice(ctx, id, To::Landlord, language).await?;
    let tried = referrals::Tried {
        recipient: Some(recipient),
        channel: NoticeChannel::Email,
        language: language.as_str().to_owned(),
        template_version: notice.template_version,
        delivery_status: DeliveryStatus::Sent,
    };
    let mail = Mail { id: taken.id, to, at: ctx.now(), subject: notice.subject, text: notice.text };
    Ok(Some(Prepared { outgoing: Outgoing::Mail(mail), notice: Some(tried) }))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{events, webhooks};

    /// Every stored event that somebody of this kind may be told of, as it is told.
    fn told(firm: Option<FirmId>) -> String {
        let mut told = String::new();
        for (kind, subject, data) in events::stored() {
            if webhooks::check_kinds(firm, &[kind]).is_err() {
                continue;
            }
            let entry = Entry {
                pos: 9,
                id: Uuid::from_u128(7),
                at: "2026-11-22T12:00:00.250Z".parse().unwrap(),
                event: Event::read(kind, subject, Uuid::from_u128(8), data).unwrap(),
            };
            told.push_str(&body(&entry, firm));
            told.push('\n');
        }
        told
    }

    #[test]
    fn what_webhooks_of_the_service_are_told_stays_as_it_is() {
        insta::assert_snapshot!(told(None));
    }

    #[test]
    fn what_webhooks_of_firms_are_told_stays_as_it_is() {
        insta::assert_snapshot!(told(Some(FirmId(Uuid::from_u128(1)))));
    }
}
