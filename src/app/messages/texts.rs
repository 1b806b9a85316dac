//! What a message says, written anew from its event at each attempt.

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Map, Value, json};

use super::{
    super::{
        Ctx, Error, offer_lists,
        referrals::{self, Language, To},
    },
    DELIVERY,
    spread::text,
};
use crate::{
    documents::offer_mail::{self, OfferFacts},
    domain::{
        events::Kind,
        ids::{FirmId, OfferId, ReferralId, WebhookId},
        messages::{Mail, Outgoing, WebhookCall},
        offers::OfferState,
        referrals::{DeliveryStatus, NoticeChannel, RecipientKind},
    },
    store::{
        self,
        feed::Entry,
        messages::{Receiver, Taken},
    },
};

/// An offer's end is no news any more after so many minutes.
const NEWS_MINUTES: i64 = 120;
/// What of an event's data a firm is shown: ids and codes of its own.
const FOR_FIRMS: &[&str] =
    &["offer", "firm", "technician", "assignment", "settlement", "code", "reason", "from", "to", "addressee"];

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
        Receiver::Firm(firm) => offer(ctx, taken, firm, &entry).await,
        Receiver::Referral(referral) => notice(ctx, taken, referral, &entry).await,
    }
}

async fn call(ctx: &Ctx, taken: &Taken, id: WebhookId, entry: &Entry) -> Result<Option<Prepared>, Error> {
    let at = ctx.now();
    let mut tx = ctx.db().read().await?;
    let Some(webhook) = store::webhooks::find(&mut tx, id).await? else { return Ok(None) };
    let secrets = store::webhooks::secrets(&mut tx, id, at).await?;
    let body = body(entry, webhook.firm_id);
    let call = WebhookCall { id: taken.id, url: webhook.url, secrets, at, body };
    Ok(Some(Outgoing::Webhook(call).into()))
}

/// What a webhook is told: that of a firm less than the service's own.
fn body(entry: &Entry, firm: Option<FirmId>) -> String {
    let body = json!({
        "type": entry.event.kind,
        "timestamp": entry.event.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        "data": {
            "event_id": entry.event.id,
            "pos": entry.pos,
            "subject": entry.event.subject,
            "subject_id": entry.event.subject_id,
            "details": details(entry, firm),
        },
    });
    body.to_string()
}

/// The ids and codes of an event; for a firm, those that are its own.
fn details(entry: &Entry, firm: Option<FirmId>) -> Map<String, Value> {
    let details: Map<String, Value> = serde_json::from_str(&entry.event.data).unwrap_or_default();
    let shown = |(key, _): &(String, Value)| firm.is_none() || FOR_FIRMS.contains(&key.as_str());
    details.into_iter().filter(shown).collect()
}

/// The e-mail to a firm about an offer: what may be known before it is accepted, and nothing else (Y-03).
async fn offer(ctx: &Ctx, taken: &Taken, id: FirmId, entry: &Entry) -> Result<Option<Prepared>, Error> {
    let mut tx = ctx.db().read().await?;
    let to = store::firms::find(&mut tx, id).await?.and_then(|firm| firm.email);
    let offer = text(&entry.event.data, "offer").and_then(|text| text.parse::<uuid::Uuid>().ok());
    let (Some(to), Some(offer)) = (to, offer) else { return Ok(None) };
    drop(tx);
    let offered = match offer_lists::find(ctx, &DELIVERY, OfferId(offer)).await {
        Err(Error::NotFound(_)) => return Ok(None),
        other => other?,
    };
    let (at, reference) = (ctx.now(), ctx.reference());
    let still_news = match entry.event.kind {
        Kind::OfferMade => offered.offer.state == OfferState::Open && at < offered.offer.deadline,
        _ => at < entry.event.at + TimeDelta::minutes(NEWS_MINUTES),
    };
    if !still_news {
        return Ok(None);
    }
    let kind = reference.job_codes().get(&offered.job_code);
    let tongue = |language| referrals::spoken(&reference, &offered.language, language);
    let facts = OfferFacts {
        offer: offered.offer.id,
        deadline: offered.offer.deadline,
        job_code: &offered.job_code,
        work: kind.map_or(("", ""), |kind| (&kind.ja, &kind.en)),
        priority: offered.priority,
        district: offered.district.as_deref(),
        language: (&tongue(Language::Ja), &tongue(Language::En)),
    };
    let letter = match (entry.event.kind, offered.offer.withdraw_code) {
        (Kind::OfferMade, _) => offer_mail::made(&facts),
        (_, code) => offer_mail::over(&facts, code),
    };
    let mail = Mail { id: taken.id, to, at, subject: letter.subject, text: letter.text };
    Ok(Some(Outgoing::Mail(mail).into()))
}

/// The notice of a referral to one of its recipients.
async fn notice(ctx: &Ctx, taken: &Taken, id: ReferralId, entry: &Entry) -> Result<Option<Prepared>, Error> {
    let recipient = text(&entry.event.data, "recipient").and_then(|code| code.parse::<RecipientKind>().ok());
    let language = text(&entry.event.data, "language").and_then(|code| code.parse::<Language>().ok());
    let (Some(recipient), Some(language)) = (recipient, language) else { return Ok(None) };
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
    use crate::{
        domain::{events, webhooks},
        store::events::Logged,
    };

    /// Every stored event that somebody of this kind may be told of, as it is told.
    fn told(firm: Option<FirmId>) -> String {
        let mut told = String::new();
        for (kind, subject, data) in events::stored() {
            if webhooks::check_kinds(firm, &[kind]).is_err() {
                continue;
            }
            let event = Logged {
                ord: 7,
                id: Uuid::from_u128(7),
                at: "2026-11-22T12:00:00.250Z".parse().unwrap(),
                actor: "dispatcher".to_owned(),
                actor_id: None,
                subject,
                subject_id: Uuid::from_u128(8),
                kind,
                data: data.to_owned(),
            };
            let entry = Entry { pos: 9, event, prev_hash: [0; 32], hash: [0; 32] };
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
