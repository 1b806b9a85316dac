//! The read log: who has read personal data, of what, and why. Appended only; retention takes the oldest away.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{One, id_list, query},
    search::Search,
};
use crate::domain::{
    ids::ReadId,
    reads::{Read, ReadPurpose, ReadSubject},
    span::Instant,
};

row! { Read: id, at, actor, actor_id, route, purpose, subject, subject_id, case_id }

/// Appends a read, with the case it belongs to.
pub async fn insert(tx: &mut Tx, read: &Read) -> Result<(), Error> {
    let case = match read.subject.zip(read.subject_id) {
        Some((subject, id)) => case_of(tx, subject, id).await?,
        None => None,
    };
    query!(
        tx,
        execute,
        "INSERT INTO read_log (id, at, actor, actor_id, route, purpose, subject, subject_id, case_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        read.id,
        read.at,
        &read.actor,
        read.actor_id,
        &read.route,
        read.purpose,
        read.subject,
        read.subject_id,
        case
    )?;
    Ok(())
}

async fn case_of(tx: &mut Tx, subject: ReadSubject, id: Uuid) -> Result<Option<Uuid>, Error> {
    let row = match subject {
        ReadSubject::Case => return Ok(Some(id)),
        ReadSubject::Shift => return Ok(None),
        ReadSubject::Call => {
            query!(tx, optional One<Option<Uuid>>, "SELECT case_id FROM call WHERE id = $1", id)?
        }
        ReadSubject::Job => {
            query!(tx, optional One<Option<Uuid>>, "SELECT case_id FROM job WHERE id = $1", id)?
        }
        ReadSubject::Referral => {
            query!(tx, optional One<Option<Uuid>>, "SELECT case_id FROM referral WHERE id = $1", id)?
        }
        ReadSubject::Assignment => query!(
            tx,
            optional One<Option<Uuid>>,
            "SELECT j.case_id FROM assignment a JOIN job j ON j.id = a.job_id WHERE a.id = $1",
            id
        )?,
        ReadSubject::Review => query!(
            tx,
            optional One<Option<Uuid>>,
            "SELECT j.case_id FROM review r JOIN job j ON j.id = r.job_id WHERE r.id = $1",
            id
        )?,
        ReadSubject::Evidence => query!(
            tx,
            optional One<Option<Uuid>>,
            "SELECT j.case_id FROM evidence e JOIN job j ON j.id = e.job_id WHERE e.id = $1",
            id
        )?,
    };
    Ok(row.and_then(|(case,)| case))
}

/// Those of some ids that are written.
pub async fn written(tx: &mut Tx, ids: impl IntoIterator<Item = ReadId>) -> Result<HashSet<ReadId>, Error> {
    let rows = query!(
        tx,
        all One<ReadId>,
        {
            sqlite: "SELECT id FROM read_log WHERE id IN (SELECT unhex(value) FROM json_each($1))",
            postgres: "SELECT id FROM read_log
                WHERE id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))"
        },
        id_list(ids.into_iter().map(|id| id.0))
    )?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Which reads.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only by this token.
    pub actor_id: Option<Uuid>,
    /// Only of this case and what belongs to it.
    pub case_id: Option<Uuid>,
    /// Only of the case of this number.
    pub case_number: Option<String>,
    /// Only of this thing.
    pub subject_id: Option<Uuid>,
    /// Only for this purpose.
    pub purpose: Option<ReadPurpose>,
    /// From when.
    pub from: Option<Instant>,
    /// Until when; not included.
    pub to: Option<Instant>,
}

/// A read with who it was and the number of its case.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The read.
    pub read: Read,
    /// The name of the token, or of the person whose token it is.
    pub actor_name: Option<String>,
    /// The number of the case it belongs to.
    pub case_number: Option<String>,
}

row! { Entry: read: flat, actor_name, case_number }

/// Of a read.
macro_rules! columns {
    () => {
        "SELECT r.id, r.at, r.actor, r.actor_id, r.route, r.purpose, r.subject, r.subject_id, r.case_id,
                t.name AS actor_name, c.number AS case_number
         FROM read_log r LEFT JOIN token t ON t.id = r.actor_id LEFT JOIN case_file c ON c.id = r.case_id "
    };
}

impl Filter {
    /// The ids between which the reads of the time are: an id begins with its instant. Before nil is before nothing.
    fn within(&self, after: Uuid, before: Uuid) -> (Uuid, Uuid) {
        let before = if before.is_nil() { Uuid::max() } else { before };
        let from = self.from.map_or(Uuid::nil(), |from| first_id(from, 0));
        let to = self.to.map_or(Uuid::max(), |to| first_id(to, 1));
        // The first id itself is none that was ever given.
        (after.max(from), before.min(to))
    }

    /// The reads between two ids. They are looked up by the one thing there are fewest reads of; the others are looked at
    /// when they are found, which is what `IS TRUE` says to both engines.
    fn search(&self, tx: &Tx, after: Uuid, before: Uuid) -> Search {
        let (after, before) = self.within(after, before);
        let case = self.case_id.filter(|_| self.subject_id.is_none());
        let actor = self.actor_id.filter(|_| self.subject_id.is_none() && self.case_id.is_none());
        let head = concat!(columns!(), "WHERE r.id > $1 AND r.id < $2");
        let search = Search::of(tx, head).bind(after).bind(before);
        search
            .and("r.subject_id = $", self.subject_id)
            .and("r.case_id = $", case)
            .and("r.actor_id = $", actor)
            .and("(r.case_id = $) IS TRUE", self.case_id)
            .and("(r.actor_id = $) IS TRUE", self.actor_id)
            .and("(r.at >= $) IS TRUE", self.from)
            .and("(r.at < $) IS TRUE", self.to)
            .and("r.purpose = $", self.purpose)
    }

    /// The filter with the id of the case of its number; nothing where there is no such case.
    async fn resolved(&self, tx: &mut Tx) -> Result<Option<Self>, Error> {
        let Some(number) = &self.case_number else { return Ok(Some(self.clone())) };
        let row = query!(tx, optional One<Uuid>, "SELECT id FROM case_file WHERE number = $1", number)?;
        let case = row.map(|(id,)| id).filter(|id| self.case_id.is_none_or(|case| case == *id));
        Ok(case.map(|case| Self { case_id: Some(case), ..self.clone() }))
    }
}

/// The least id of a millisecond: so many after that of an instant.
fn first_id(at: Instant, later: u128) -> Uuid {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or_default() + later;
    Uuid::from_u128(millis << 80)
}

/// The reads after `after`, oldest first.
pub async fn list(tx: &mut Tx, filter: &Filter, after: Uuid, limit: i64) -> Result<Vec<Entry>, Error> {
    let Some(filter) = filter.resolved(tx).await? else { return Ok(Vec::new()) };
    let search = filter.search(tx, after, Uuid::max());
    search.all(tx, "ORDER BY r.id LIMIT $", limit).await
}

/// The reads before `before`, newest first; before nil, the newest.
pub async fn newest(tx: &mut Tx, filter: &Filter, before: Uuid, limit: i64) -> Result<Vec<Entry>, Error> {
    let Some(filter) = filter.resolved(tx).await? else { return Ok(Vec::new()) };
    let search = filter.search(tx, Uuid::nil(), before);
    search.all(tx, "ORDER BY r.id DESC LIMIT $", limit).await
}

/// Takes away what was read before an instant; at most `limit` rows.
pub async fn forget(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM read_log WHERE id IN (SELECT id FROM read_log WHERE at < $1 ORDER BY at LIMIT $2)",
        before,
        limit
    )
}
