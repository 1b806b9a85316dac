use super::*;

fn sealing(text: &str, binds: &[i64]) -> Vec<Seal> {
    let mut sealing = Sealing::of(text).unwrap();
    for bind in binds {
        sealing.bind(bind);
    }
    sealing.seals()
}

fn names(seals: &[Seal]) -> Vec<(&str, &str)> {
    seals.iter().map(|seal| (seal.facet, seal.key.as_str())).collect()
}

#[test]
fn only_what_is_written_to_a_sealed_table_is_sealed() {
    for text in [
        "INSERT INTO job (id) VALUES ($1)",
        "UPDATE call SET state = $2 WHERE id = $1",
        "SELECT id FROM fact",
        "DELETE FROM fact WHERE id = $1",
    ] {
        assert!(Sealing::of(text).is_none(), "{text}");
    }
}

#[test]
fn the_three_ways_to_insert_a_row_give_one_seal() {
    let one = sealing("INSERT INTO payment (id, job_id) VALUES ($1, $2)", &[7, 8]);
    assert_eq!(names(&one), [("payment", "7")]);
    assert_eq!(sealing("INSERT INTO payment (id, job_id) VALUES", &[7, 8]), one);
    assert_eq!(
        sealing("INSERT INTO payment (job_id, id)\n SELECT $2, $1 WHERE NOT EXISTS (SELECT 1)", &[7, 8]),
        one
    );
    let two = sealing("INSERT INTO payment (id, job_id) VALUES", &[7, 8, 9, 8]);
    assert_eq!(names(&two), [("payment", "7"), ("payment", "9")]);
    assert_ne!(sealing("INSERT INTO payment (id, job_id) VALUES", &[7, 9]), one);
    assert_ne!(sealing("INSERT INTO payment (id, fact_id) VALUES", &[7, 8]), one);
}

#[test]
fn what_changes_later_is_sealed_anew_when_it_is_written_as_a_whole() {
    let inserted = sealing("INSERT INTO evidence (id, bytes) VALUES ($1, $2)", &[7, 8]);
    assert_eq!(names(&inserted), [("evidence", "7"), ("evidence erasure", "7")]);
    let erased = sealing(
        "UPDATE evidence SET erased_at = $2, erased_for = $3 WHERE id = $1 AND erased_at IS NULL",
        &[7, 1, 2],
    );
    assert_eq!(names(&erased), [("evidence erasure", "7")]);
    assert_ne!(erased[0].hash, inserted[1].hash);
    assert!(sealing("UPDATE evidence SET erased_at = $2 WHERE id = $1", &[7, 1]).is_empty());
}

#[test]
fn both_engines_have_one_form() {
    let at: Instant = "2026-11-22T12:00:00.25Z".parse().unwrap();
    let mut sealing =
        Sealing::of("INSERT INTO payment (id, received_at, kind, amount_yen, payer) VALUES").unwrap();
    sealing.bind(&Uuid::from_u128(7));
    sealing.bind(&at);
    sealing.bind(&"cash");
    sealing.bind(&-2_i64);
    sealing.bind(&None::<&str>);
    let as_sqlite_keeps_it = Cells::from([
        ("id".to_owned(), cell(BYTES, Uuid::from_u128(7).as_bytes())),
        ("received_at".to_owned(), cell(TEXT, b"2026-11-22T12:00:00.250+00:00")),
        ("kind".to_owned(), cell(TEXT, b"cash")),
        ("amount_yen".to_owned(), cell(NUMBER, &(-2_i64).to_be_bytes())),
    ]);
    let facet = FACETS.iter().find(|facet| facet.name == "payment").unwrap();
    assert_eq!(sealing.seals(), [facet.seal(&as_sqlite_keeps_it).unwrap()]);
}

#[test]
fn an_event_bears_facet_key_and_hash() {
    let seals = [Seal { facet: "fact", key: "7".to_owned(), hash: [1; 32] }];
    assert_eq!(text(&seals), format!(r#"[["fact","7","{}"]]"#, "01".repeat(32)));
    assert_eq!(text(&[]), NONE);
}
