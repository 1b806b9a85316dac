//! Both migration folders build the same schema.

use std::collections::BTreeSet;
use std::path::Path;

use kaketsuke::store::schema;

use crate::support::db::{TestDb, on_postgres};

#[test]
fn every_file_is_embedded_under_its_number() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    for (folder, migrator) in [("sqlite", schema::sqlite()), ("postgres", schema::postgres())] {
        let files: BTreeSet<String> = std::fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let embedded: BTreeSet<String> = migrator
            .iter()
            .map(|migration| format!("{:04}_{}.sql", migration.version, migration.description))
            .collect();
        assert_eq!(files, embedded, "{folder}");
    }
}

#[tokio::test]
async fn both_engines_have_the_same_columns() {
    compare(SQLITE_COLUMNS, POSTGRES_COLUMNS, 100).await;
}

#[tokio::test]
async fn both_engines_have_the_same_primary_keys() {
    compare(SQLITE_PRIMARY_KEYS, POSTGRES_PRIMARY_KEYS, 27).await;
}

#[tokio::test]
async fn both_engines_have_the_same_foreign_keys() {
    compare(SQLITE_FOREIGN_KEYS, POSTGRES_FOREIGN_KEYS, 30).await;
}

#[tokio::test]
async fn both_engines_have_the_same_indexes() {
    compare(SQLITE_INDEXES, POSTGRES_INDEXES, 25).await;
}

/// Compares the lines of two catalogues; `at_least` so many, so that an empty answer is not taken for agreement.
async fn compare(on_sqlite: &'static str, on_pg: &'static str, at_least: usize) {
    on_postgres(|postgres| async move {
        let sqlite = TestDb::sqlite().await;
        let sqlite: BTreeSet<_> = sqlite.raw().await.texts(on_sqlite).await.into_iter().collect();
        let postgres: BTreeSet<_> = postgres.raw().await.texts(on_pg).await.into_iter().collect();
        let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
        let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
        assert!(
            only_sqlite.is_empty() && only_postgres.is_empty(),
            "only on SQLite: {only_sqlite:#?}\nonly on PostgreSQL: {only_postgres:#?}",
        );
        assert!(sqlite.len() >= at_least, "{} lines", sqlite.len());
    })
    .await;
}

/// `table.column family nullability`; instants are text, ids and hashes are bytes.
const SQLITE_COLUMNS: &str = r#"
    SELECT m.name || '.' || c.name || ' ' || lower(c.type) || CASE c."notnull" WHEN 1 THEN ' not null' ELSE '' END
    FROM sqlite_schema m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations'"#;
const POSTGRES_COLUMNS: &str = "
    SELECT table_name || '.' || column_name || ' '
        || CASE data_type WHEN 'uuid' THEN 'blob' WHEN 'bytea' THEN 'blob' WHEN 'bigint' THEN 'integer'
                          WHEN 'timestamp with time zone' THEN 'text' ELSE data_type END
        || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'";

const SQLITE_PRIMARY_KEYS: &str = "
    SELECT m.name || ' ' || (SELECT group_concat(c.name, ',' ORDER BY c.pk) FROM pragma_table_info(m.name) c WHERE c.pk > 0)
    FROM sqlite_schema m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations'";
const POSTGRES_PRIMARY_KEYS: &str = "
    SELECT t.relname || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
                                FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
                                JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE c.contype = 'p' AND t.relnamespace = 'public'::regnamespace AND t.relname <> '_sqlx_migrations'";

const SQLITE_FOREIGN_KEYS: &str = r#"
    SELECT m.name || '.' || f."from" || ' -> ' || f."table" || ' ' || lower(f.on_delete)
    FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"#;
const POSTGRES_FOREIGN_KEYS: &str = "
    SELECT t.relname || '.' || a.attname || ' -> ' || r.relname || ' '
        || CASE c.confdeltype WHEN 'a' THEN 'no action' ELSE CAST(c.confdeltype AS text) END
    FROM pg_constraint c
    JOIN pg_class t ON t.oid = c.conrelid
    JOIN pg_class r ON r.oid = c.confrelid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'f'";

/// `name table (columns) uniqueness`, of the indexes with a name of their own.
const SQLITE_INDEXES: &str = r#"
    SELECT i.name || ' ' || m.name
        || ' (' || (SELECT group_concat(c.name, ',' ORDER BY c.seqno) FROM pragma_index_info(i.name) c) || ')'
        || CASE i."unique" WHEN 1 THEN ' unique' ELSE '' END || CASE i.partial WHEN 1 THEN ' partial' ELSE '' END
    FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'"#;
const POSTGRES_INDEXES: &str = "
    SELECT i.relname || ' ' || t.relname
        || ' (' || (SELECT string_agg(a.attname, ',' ORDER BY k.place)
                    FROM unnest(x.indkey) WITH ORDINALITY AS k (attnum, place)
                    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum) || ')'
        || CASE WHEN x.indisunique THEN ' unique' ELSE '' END
        || CASE WHEN x.indpred IS NOT NULL THEN ' partial' ELSE '' END
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> '_sqlx_migrations'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid)";
