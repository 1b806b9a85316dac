//! Rows that hold what this release cannot read: the failure says where it stands.

use kaketsuke::{
    domain::{actor::Scope, ids::TechnicianId},
    store::{Db, Error, technicians, whereabouts},
};
use uuid::Uuid;

use crate::{
    script::run,
    support::db::{TestDb, on_both_engines},
    world,
};

on_both_engines! {
    async fn what_cannot_be_read_is_told_with_its_table_and_column(db: TestDb) {
        let mut raw = world::build(&db).await;
        run(&mut raw, db.engine(), "UPDATE technician SET trades = '[\"gardening\"]' WHERE id = #12").await;
        let store = Db::connect(&db.url().parse().unwrap(), 4).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let whole = technicians::find(&mut tx, TechnicianId(Uuid::from_u128(11))).await.unwrap();
        assert_eq!(whole.unwrap().name, "甲", "the others can be read");
        for error in [
            technicians::list(&mut tx, Scope::All, Uuid::nil(), 10).await.unwrap_err(),
            technicians::find(&mut tx, TechnicianId(Uuid::from_u128(12))).await.unwrap_err(),
            whereabouts::in_service(&mut tx, 10).await.unwrap_err(),
        ] {
            let Error::Corrupt { table: "technician", column: "trades", cause } = error else { panic!("{error}") };
            assert!(cause.contains("gardening"), "{cause}");
        }
    }
}
