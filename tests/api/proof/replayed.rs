//! Events that somebody has added to the log: the database queues them and the service chains them, so that the chain is sound.
//! Whoever repeats an event or makes one up is found out all the same, and nothing is billed twice.

use kaketsuke::{
    app::verify::{CHECKS, Verdict},
    store::Db,
};
use serde_json::Value;

use super::{Stored, night, opened};
use crate::support::{
    db::{Engine, TestDb, on_both_engines, on_postgres},
    server::TestServer,
    site::consumer,
};

/// Kinds that tell of a row which is written once: repeated with the seals they bear, and without.
const TELLING: &[&str] = &[
    "job.settled",
    "payment.recorded",
    "review.opened",
    "review.decided",
    "fact.recorded",
    "dispute.opened",
    "dispute.resolved",
    "statutory_receipt.recorded",
    "payer_authority.recorded",
    "evidence.kept",
    "evidence.no_signature",
];

/// Kinds that bear the end of something, or a step onward: repeated with their seals.
const ENDING: &[&str] =
    &["token.revoked", "user.disabled", "user.password_changed", "consumer.acknowledged", "shift.accepted"];

const NOBODY: &str = "00000000-0000-4000-8000-0000000000ff";

/// Columns of an event that somebody adds, where they are not those of the newest one of a kind.
struct Forged {
    kind: &'static str,
    subject_id: Option<String>,
    data: Option<String>,
    seals: &'static str,
}

impl Forged {
    const fn again(kind: &'static str) -> Self {
        Self { kind, subject_id: None, data: None, seals: "seals" }
    }

    fn bare(kind: &'static str) -> Self {
        Self { seals: "'[]'", ..Self::again(kind) }
    }

    fn of(self, subject_id: String) -> Self {
        Self { subject_id: Some(subject_id), ..self }
    }

    fn saying(self, data: &str) -> Self {
        Self { data: Some(data.to_owned()), ..self }
    }
}

fn own(engine: Engine, id: &str) -> String {
    match engine {
        Engine::Sqlite => format!("X'{}'", id.replace('-', "")),
        Engine::Postgres => format!("CAST('{id}' AS uuid)"),
    }
}

fn forgeries(engine: Engine) -> Vec<Forged> {
    let mut all: Vec<_> = TELLING.iter().chain(ENDING).map(|kind| Forged::again(kind)).collect();
    all.extend(TELLING.iter().map(|kind| Forged::bare(kind)));
    let another = "(SELECT j.id FROM job j WHERE j.id <> event.subject_id ORDER BY j.id LIMIT 1)".to_owned();
    let paid = format!("'{{\"kind\":\"later\",\"method\":\"card\",\"payment\":\"{NOBODY}\"}}'");
    for (kind, row) in [("job.settled", "settlement"), ("payment.recorded", "payment")] {
        // The same id in another form, and under another job.
        let urn = format!("REPLACE(data, '\"{row}\":\"', '\"{row}\":\"urn:uuid:')");
        all.push(Forged::bare(kind).saying(&urn));
        all.push(Forged::bare(kind).of(another.clone()));
    }
    all.push(Forged::bare("payment.recorded").of(own(engine, NOBODY)).saying(&paid));
    all.push(Forged::bare("payment.recorded").saying(&paid));
    all.push(Forged::bare("fact.recorded").of(own(engine, NOBODY)));
    all.push(Forged::bare("job.progressed").of(own(engine, NOBODY)));
    all.push(Forged::bare("case.opened").of(own(engine, NOBODY)));
    all
}

/// What is added to the log, by its number there.
async fn added(db: &TestDb, forged: &Forged, number: usize) -> i64 {
    let mut raw = db.raw().await;
    let id = own(db.engine(), &format!("00000000-0000-4000-8000-{number:012}"));
    let Forged { kind, subject_id, data, seals } = forged;
    let (subject_id, data) =
        (subject_id.as_deref().unwrap_or("subject_id"), data.as_deref().unwrap_or("data"));
    let sql = format!(
        "INSERT INTO event (id, at, actor, actor_id, subject, subject_id, kind, data, seals)
         SELECT {id}, (SELECT MAX(at) FROM event), actor, actor_id, subject, {subject_id}, kind, {data}, {seals}
         FROM event WHERE ord = (SELECT MAX(ord) FROM event WHERE kind = '{kind}')"
    );
    assert_eq!(raw.execute(&sql).await.unwrap(), 1, "the night has no {kind}");
    raw.integer(&format!("SELECT ord FROM event WHERE id = {id}")).await
}

async fn found(server: &TestServer, name: &str) -> Vec<String> {
    let check = CHECKS.iter().find(|check| check.name == name).unwrap();
    match check.run(&server.ctx).await.unwrap() {
        Verdict::Intact(_) => Vec::new(),
        Verdict::Broken(found) => found,
    }
}

on_both_engines! {
    async fn an_event_that_somebody_has_added_is_found_out_and_bills_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        night::played(&server).await;
        let (id, billing) = consumer(&server, "監査").await;
        server.settle().await;
        let path = format!("/v1/billing-consumers/{id}/lines?limit=500&after=");
        let told = |page: &Value| (page["items"].clone(), page["payments"].clone());
        let first = billing.get(&format!("{path}0")).await.expect(200);
        for part in ["items", "payments"] {
            assert_ne!(first[part].as_array().unwrap().len(), 0, "the night has no {part}");
        }
        assert_eq!(found(&server, "rows").await, [""; 0]);
        let mut forged = Vec::new();
        for (number, forgery) in forgeries(db.engine()).into_iter().enumerate() {
            forged.push((added(&db, &forgery, number).await, forgery));
        }
        server.settle().await;
        assert_eq!(found(&server, "feed").await, [""; 0], "the chain is sound");
        let findings = found(&server, "rows").await;
        let unseen: Vec<_> = forged
            .iter()
            .filter(|(ord, _)| !findings.iter().any(|finding| finding.starts_with(&format!("event {ord} "))))
            .map(|(_, forged)| format!("{} {:?} {}", forged.kind, forged.subject_id, forged.seals))
            .collect();
        assert_eq!(unseen, [""; 0], "not found out: {findings:#?}");
        let again = billing.get(&format!("{path}0")).await.expect(200);
        assert_eq!(told(&again), told(&first));
        let later = billing.get(&format!("{path}{}", first["pos"])).await.expect(200);
        assert_eq!(told(&later), (Value::Array(Vec::new()), Value::Array(Vec::new())));
        assert_eq!((&later["pos"], &later["has_more"]), (&again["pos"], &Value::Bool(false)));
        server.stop().await;
    }
}

/// Sessions of PostgreSQL can be told to pass by every trigger.
#[tokio::test]
async fn sessions_that_pass_by_the_triggers_are_found_out_and_nothing_starts_in_them() {
    on_postgres(|db| async move {
        let server = TestServer::start(&db).await;
        let files = server.ctx.files().clone();
        server.stop().await;
        let mut raw = db.raw().await;
        let name = raw.texts("SELECT CAST(current_database() AS text)").await.remove(0);
        let (set, reset) = ("SET session_replication_role = replica", "RESET session_replication_role");
        let of = [format!("ALTER DATABASE {name}"), format!("ALTER ROLE CURRENT_USER IN DATABASE {name}")];
        for of in of {
            raw.execute(&format!("{of} {set}")).await.unwrap();
            let found = Stored::of(&db, files.clone()).await.found("guards").await.unwrap_or_default();
            assert!(
                found.contains("setting session_replication_role is not that of this release"),
                "{of}: {found}"
            );
            assert!(found.contains("setting session_replication_role of "), "{of}: {found}");
            assert!(started(db.url()).await.is_err(), "{of}");
            raw.execute(&format!("{of} {reset}")).await.unwrap();
            assert_eq!(Stored::of(&db, files.clone()).await.found("guards").await, None, "{of}");
            started(db.url()).await.unwrap();
        }
        // It is said who else would write so.
        raw.execute(&format!("ALTER DATABASE {name} SET session_replication_role = origin")).await.unwrap();
        let found = Stored::of(&db, files.clone()).await.found("guards").await.unwrap_or_default();
        assert_eq!(found.lines().count(), 1, "{found}");
        raw.execute(&format!("ALTER DATABASE {name} {reset}")).await.unwrap();
        // As the address of the database asks for it.
        let mark = if db.url().contains('?') { '&' } else { '?' };
        let url = format!("{}{mark}options[session_replication_role]=replica", db.url());
        let check = CHECKS.iter().find(|check| check.name == "guards").unwrap();
        let verdict = check.run(&opened(&url).await).await.unwrap();
        let Verdict::Broken(found) = verdict else { panic!("not found out") };
        assert_eq!(found, ["setting session_replication_role is not that of this release"]);
        assert!(started(&url).await.is_err());
    })
    .await;
}

/// As the service starts.
async fn started(url: &str) -> Result<(), kaketsuke::store::Error> {
    let db = Db::connect(&url.parse().unwrap(), 1).await?;
    let done = db.migrate().await;
    db.close().await;
    done
}
