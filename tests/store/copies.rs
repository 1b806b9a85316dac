//! A copy on a medium that cannot be written to is read as it is, and nothing is made beside it.

use std::{fs, os::unix::fs::PermissionsExt as _};

use kaketsuke::store::{self, Db, Schema};

use crate::support::db::{TestDb, on_sqlite};

#[tokio::test]
async fn a_copy_is_read_and_left_alone() {
    on_sqlite(|db: TestDb| async move {
        // As a service leaves it: in WAL mode, with its log taken in.
        let url = db.url().parse().unwrap();
        let original = Db::connect(&url, 1).await.unwrap();
        original.probe().await.unwrap();
        original.close().await;
        let medium = tempfile::tempdir().unwrap();
        let copy = medium.path().join("copy.db");
        fs::copy(url.file().unwrap(), &copy).unwrap();
        let only = |mode: u32| {
            fs::set_permissions(&copy, fs::Permissions::from_mode(mode & 0o644)).unwrap();
            fs::set_permissions(medium.path(), fs::Permissions::from_mode(mode)).unwrap();
        };
        only(0o555);
        let opened = Db::open_copy(&format!("sqlite:{}", copy.display()).parse().unwrap(), 1).await.unwrap();
        assert_eq!(store::schema_of(&opened).await.unwrap(), Schema::Current);
        assert!(opened.probe().await.is_err(), "nobody writes to it");
        opened.close().await;
        let there: Vec<_> =
            fs::read_dir(medium.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(there, ["copy.db"]);
        only(0o755);
    })
    .await;
}
