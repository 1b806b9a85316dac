//! From the feed to messages: one for each receiver and position, in the transaction that moves the cursor on, so that a
//! crash neither loses nor doubles one.

use uuid::Uuid;

use super::super::{Ctx, Error};
use crate::{
    domain::{
        events::{Event, Kind, Subject},
        ids::{FirmId, JobId, MessageId},
        offers::WithdrawCode,
        webhooks::Webhook,
    },
    store::{self, Tx, feed::Entry, messages::Receiver},
};

/// Entries turned into messages in one transaction at most: keeps the write lock short.
const PAGE: i64 = 100;
/// Entries read at most before the cursor is written although nobody is to be told.
const UNWRITTEN_MAX: i64 = 1_000;
/// Webhooks there can be at most: more are not told.
const WEBHOOKS_MAX: i64 = 10_000;

/// Whether e-mail can be sent at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailing {
    /// There is a mail server.
    Possible,
    /// There is none.
    Impossible,
}

/// Turns everything new in the feed into messages. Offers are mailed only where e-mail can be sent at all. `read` is how far this node has read: where nobody is to be told, that is all that is kept, and nothing is written.
pub async fn spread(ctx: &Ctx, mailing: Mailing, read: &mut i64) -> Result<(), Error> {
    loop {
        let mut tx = ctx.db().glance().await?;
        let cursor = store::messages::cursor(&mut tx).await?;
        let page = page(ctx, &mut tx, cursor.max(*read), mailing).await?;
        drop(tx);
        let Some(last) = page.last else { return Ok(()) };
        *read = if page.told.is_empty() && last - cursor < UNWRITTEN_MAX {
            last
        } else {
            write(ctx, mailing, *read).await?
        };
        if page.is_all && *read == last {
            return Ok(());
        }
    }
}

/// Writes the messages of what comes next; answers how far it has read.
async fn write(ctx: &Ctx, mailing: Mailing, read: i64) -> Result<i64, Error> {
    let mut tx = ctx.db().write().await?;
    let from = store::messages::lock_cursor(&mut tx).await?.max(read);
    // Read again under the lock: another node may have come first.
    let page = page(ctx, &mut tx, from, mailing).await?;
    for (receiver, pos) in page.told {
        let id = MessageId(ctx.new_id(ctx.now()));
        store::messages::insert(&mut tx, id, receiver, pos, ctx.now()).await?;
    }
    let last = page.last.unwrap_or(from);
    store::messages::move_cursor(&mut tx, last).await?;
    tx.commit().await?;
    Ok(last)
}

/// A piece of the feed.
struct Page {
    /// Who is told of which position.
    told: Vec<(Receiver, i64)>,
    /// Its last position, if there is any.
    last: Option<i64>,
    /// Whether there was no more.
    is_all: bool,
}

async fn page(ctx: &Ctx, tx: &mut Tx, from: i64, mailing: Mailing) -> Result<Page, Error> {
    let entries = store::feed::after(tx, from, PAGE).await?;
    let last = entries.last().map(|entry| entry.pos);
    let is_all = i64::try_from(entries.len()).is_ok_and(|count| count < PAGE);
    let mut told = Vec::new();
    if last.is_some() {
        let webhooks = store::webhooks::list(tx, None, Uuid::nil(), WEBHOOKS_MAX).await?;
        for entry in &entries {
            let receivers = receivers(ctx, tx, entry, &webhooks, mailing).await?;
            told.extend(receivers.into_iter().map(|receiver| (receiver, entry.pos)));
        }
    }
    Ok(Page { told, last, is_all })
}

/// Who is told of an entry.
async fn receivers(
    ctx: &Ctx,
    tx: &mut Tx,
    entry: &Entry,
    webhooks: &[Webhook],
    mailing: Mailing,
) -> Result<Vec<Receiver>, Error> {
    let kind = entry.event.kind();
    if let Event::ReferralMailRequested(requested) = &entry.event {
        let referral = Receiver::Referral(requested.referral);
        return Ok([referral].into_iter().chain(of_the_service(webhooks, kind)).collect());
    }
    let mut told: Vec<_> = of_the_service(webhooks, kind).collect();
    if matches!(&entry.event, Event::LogAnchored(_)) && ctx.anchor_mail().is_some() {
        told.push(Receiver::Keeper);
    }
    let mailed = mailing == Mailing::Possible && is_mailed(entry);
    let asked = webhooks.iter().any(|webhook| webhook.firm_id.is_some() && webhook.kinds.contains(&kind));
    if !kind.is_for_firms() || !(mailed || asked) {
        return Ok(told);
    }
    for firm in concerned(tx, entry).await? {
        let own = webhooks.iter().filter(|own| own.firm_id == Some(firm) && own.kinds.contains(&kind));
        told.extend(own.map(|webhook| Receiver::Webhook(webhook.id)));
        if mailed && store::firms::find(tx, firm).await?.is_some_and(|firm| firm.email.is_some()) {
            told.push(Receiver::Firm(firm));
        }
    }
    Ok(told)
}

fn of_the_service(webhooks: &[Webhook], kind: Kind) -> impl Iterator<Item = Receiver> {
    let own = webhooks.iter().filter(move |own| own.firm_id.is_none() && own.kinds.contains(&kind));
    own.map(|webhook| Receiver::Webhook(webhook.id))
}

/// Whether firms are told by e-mail: of an offer, of its end by others than themselves, and of danger (G-08).
fn is_mailed(entry: &Entry) -> bool {
    match &entry.event {
        Event::OfferMade(_) | Event::JobEndangered(_) | Event::JobSafe(_) => true,
        Event::OfferWithdrawn(withdrawn) => !WithdrawCode::CONTRACTOR.contains(&withdrawn.code),
        _ => false,
    }
}

/// The firms an entry is about: the one it names, the one of the technician it names, or those that had the job then.
async fn concerned(tx: &mut Tx, entry: &Entry) -> Result<Vec<FirmId>, Error> {
    if let Some(firm) = entry.event.firm() {
        return Ok(vec![firm]);
    }
    if let Some(technician) = entry.event.technician() {
        return Ok(store::tokens::firm_of(tx, technician).await?.into_iter().collect());
    }
    match entry.event.subject() {
        (Subject::Job, job) => Ok(store::messages::firms_on(tx, JobId(job), entry.at).await?),
        _ => Ok(Vec::new()),
    }
}
