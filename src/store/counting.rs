//! How many statements a piece of work has asked the database for, and in how many transactions. Counted where every
//! statement passes, for the figures and for the limits that `tests/api/statements.rs` holds every endpoint to.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

tokio::task_local! {
    /// The count of the work this task does.
    static COUNT: Arc<Count>;
}

#[derive(Debug, Default)]
struct Count {
    statements: AtomicU32,
    transactions: AtomicU32,
}

/// What a piece of work has asked of the database. What begins and ends transactions is no statement here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Statements run.
    pub statements: u32,
    /// Transactions begun, to read or to write.
    pub transactions: u32,
}

/// Does the work and counts what it asks of the database. Work within that is counted on its own does not count here.
pub async fn counted<F: Future>(work: F) -> (F::Output, Counted) {
    let count = Arc::new(Count::default());
    let done = COUNT.scope(count.clone(), work).await;
    let counted = Counted {
        statements: count.statements.load(Ordering::Relaxed),
        transactions: count.transactions.load(Ordering::Relaxed),
    };
    (done, counted)
}

/// The work, to be done in a task of its own and counted with the work of this one.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let count = COUNT.try_with(Arc::clone).ok();
    async move {
        match count {
            Some(count) => COUNT.scope(count, work).await,
            None => work.await,
        }
    }
}

/// Notes a statement that is about to run.
pub(super) fn statement() {
    // Nobody counts for the workers.
    let _ = COUNT.try_with(|count| count.statements.fetch_add(1, Ordering::Relaxed));
}

/// Notes a transaction that is about to begin.
pub(super) fn transaction() {
    let _ = COUNT.try_with(|count| count.transactions.fetch_add(1, Ordering::Relaxed));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_counted_with_its_tasks_and_without_what_is_counted_on_its_own() {
        statement();
        let ((), outer) = counted(async {
            transaction();
            statement();
            tokio::spawn(carried(async { statement() })).await.unwrap();
            tokio::spawn(async { statement() }).await.unwrap();
            let ((), inner) = counted(async { statement() }).await;
            assert_eq!(inner, Counted { statements: 1, transactions: 0 });
        })
        .await;
        assert_eq!(outer, Counted { statements: 2, transactions: 1 });
    }
}
