//! The feed: no position missing, every hash the right one, no event lost on the way to it.

use super::{Ctx, Error, Verdict};
use crate::store::{
    self,
    feed::{Head, Link, link},
};

/// Entries read at once.
const PAGE: i64 = 1000;

/// Recomputes the whole chain. Works beside a running service: what is appended meanwhile is read as well.
pub(super) async fn check(ctx: &Ctx) -> Result<Verdict, Error> {
    let mut head = Head { pos: 0, hash: [0; 32] };
    let mut page = PAGE;
    loop {
        match links(ctx, head.pos, page).await {
            Ok(entries) if entries.is_empty() => {
                if let Some(verdict) = end(ctx, head).await? {
                    return Ok(verdict);
                }
            }
            Ok(entries) => {
                for entry in &entries {
                    match follow(head, entry) {
                        Ok(next) => head = next,
                        Err(reason) => return Ok(broken(head.pos + 1, &reason)),
                    }
                }
                page = PAGE.min(page * 2);
            }
            // One unreadable entry fails its whole page: smaller and smaller pages lead up to it.
            Err(Error::Store(_)) if page > 1 => page /= 2,
            Err(Error::Store(error)) => return unreadable(ctx, head.pos + 1, error).await,
            Err(other) => return Err(other),
        }
    }
}

async fn links(ctx: &Ctx, pos: i64, limit: i64) -> Result<Vec<Link>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::feed::chain(&mut tx, pos, limit).await?)
}

/// The head after this entry, or what is wrong with it.
fn follow(head: Head, entry: &Link) -> Result<Head, String> {
    if entry.pos != head.pos + 1 {
        return Err(format!("it or its event is missing; the next one is {}", entry.pos));
    }
    if entry.prev_hash != head.hash {
        return Err("it does not name the hash of the entry before it".to_owned());
    }
    if entry.hash != link(&head.hash, entry.pos, &entry.event) {
        return Err(format!("its hash is not that of its content (event {})", entry.event.id));
    }
    if let Err(error) = entry.event.event() {
        return Err(format!("its event {} cannot be read: {error}", entry.event.id));
    }
    Ok(Head { pos: entry.pos, hash: entry.hash })
}

/// What is left to look at after the last entry; nothing when the feed has grown meanwhile.
async fn end(ctx: &Ctx, head: Head) -> Result<Option<Verdict>, Error> {
    let mut tx = ctx.db().read().await?;
    let stored = store::feed::head(&mut tx).await?;
    let waiting = store::feed::queued(&mut tx).await?;
    let kept = store::feed::kept_head(&mut tx).await?;
    let lost = store::feed::lost(&mut tx).await?;
    let hole = store::feed::hole(&mut tx).await?;
    let mislabelled = store::feed::mislabelled(&mut tx).await?;
    let rest = store::feed::chain(&mut tx, head.pos, 1).await?;
    if !rest.is_empty() {
        return Ok(None);
    }
    if stored.pos != head.pos {
        return Ok(Some(broken(head.pos + 1, "it or its event is missing, and so is what follows")));
    }
    if kept != Some(head) {
        let reason = "the feed has ended elsewhere: what followed was cut off, or rewritten";
        return Ok(Some(broken(head.pos + 1, reason)));
    }
    if let Some(ord) = hole {
        let reason = format!("the events around number {ord} are not in one row: some were taken away");
        return Ok(Some(broken(head.pos + 1, &reason)));
    }
    if let Some(ord) = lost {
        let reason = format!("the event inserted as number {ord} has no position and does not wait for one");
        return Ok(Some(broken(head.pos + 1, &reason)));
    }
    if let Some(pos) = mislabelled {
        return Ok(Some(broken(pos, "its topic is not that of its event, so billing would miss it")));
    }
    Ok(Some(Verdict::Intact(format!("{} entries, chain intact, {waiting} waiting", head.pos))))
}

/// An entry that cannot be read while the rest of the database can is broken; else the database has failed.
async fn unreadable(ctx: &Ctx, pos: i64, error: store::Error) -> Result<Verdict, Error> {
    let mut tx = ctx.db().read().await?;
    store::feed::head(&mut tx).await?;
    let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    Ok(broken(pos, &format!("it cannot be read: {cause}")))
}

fn broken(pos: i64, reason: &str) -> Verdict {
    Verdict::broken(format!("broken at position {pos}: {reason}"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::events::{Kind, Subject},
        store::events::Stored,
    };

    fn chain(length: i64) -> Vec<Link> {
        let mut head = Head { pos: 0, hash: [0; 32] };
        let mut entries = Vec::new();
        for pos in 1..=length {
            let event = Stored {
                ord: pos + 10,
                id: Uuid::from_u128(pos.unsigned_abs().into()),
                at: "2026-11-22T12:00:00Z".parse().unwrap(),
                actor: "administrator".to_owned(),
                actor_id: None,
                subject: Subject::Token,
                subject_id: Uuid::from_u128(7),
                kind: Kind::TokenIssued,
                data: r#"{"role":"firm"}"#.to_owned(),
                seals: "[]".to_owned(),
            };
            let hash = link(&head.hash, pos, &event);
            entries.push(Link { pos, event, prev_hash: head.hash, hash });
            head = Head { pos, hash };
        }
        entries
    }

    /// The position at which the chain breaks.
    fn first_bad(entries: &[Link]) -> Option<i64> {
        let mut head = Head { pos: 0, hash: [0; 32] };
        for entry in entries {
            match follow(head, entry) {
                Ok(next) => head = next,
                Err(_) => return Some(head.pos + 1),
            }
        }
        None
    }

    #[test]
    fn a_whole_chain_is_intact() {
        assert_eq!(first_bad(&chain(5)), None);
    }

    #[test]
    fn every_change_to_an_entry_is_seen_at_its_position() {
        let changes: [fn(&mut Link); 10] = [
            |entry| entry.event.seals = "[ ]".to_owned(),
            |entry| entry.event.data.push(' '),
            |entry| entry.event.kind = Kind::TokenRevoked,
            |entry| entry.event.actor = "supervisor".to_owned(),
            |entry| entry.event.actor_id = Some(Uuid::from_u128(9)),
            |entry| entry.event.subject_id = Uuid::from_u128(8),
            |entry| entry.event.at += chrono::TimeDelta::microseconds(1),
            |entry| entry.event.id = Uuid::from_u128(99),
            |entry| entry.hash[0] ^= 1,
            |entry| entry.prev_hash[0] ^= 1,
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut entries = chain(5);
            change(&mut entries[2]);
            assert_eq!(first_bad(&entries), Some(3), "change {index}");
        }
    }

    #[test]
    fn a_missing_a_doubled_and_a_swapped_entry_are_seen() {
        let mut missing = chain(5);
        missing.remove(1);
        assert_eq!(first_bad(&missing), Some(2));
        let mut doubled = chain(5);
        doubled.insert(2, doubled[1].clone());
        assert_eq!(first_bad(&doubled), Some(3));
        let mut swapped = chain(5);
        swapped.swap(2, 3);
        assert_eq!(first_bad(&swapped), Some(3));
    }

    #[test]
    fn an_entry_rewritten_with_its_hash_is_seen_at_the_next_one() {
        let mut entries = chain(5);
        entries[2].event.data = r#"{"role":"supervisor"}"#.to_owned();
        entries[2].hash = link(&entries[2].prev_hash, 3, &entries[2].event);
        assert_eq!(first_bad(&entries), Some(4));
    }

    #[test]
    fn an_event_that_cannot_be_read_is_seen_though_its_hash_is_right() {
        let mut entries = chain(5);
        entries[2].event.data = "{}".to_owned();
        entries[2].hash = link(&entries[2].prev_hash, 3, &entries[2].event);
        let reason = follow(Head { pos: 2, hash: entries[2].prev_hash }, &entries[2]).unwrap_err();
        let event = "its event 00000000-0000-0000-0000-000000000003 cannot be read: token.issued of token \
                     00000000-0000-0000-0000-000000000007: missing field `role`";
        assert_eq!(reason, event);
    }
}
