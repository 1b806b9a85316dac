//! Scripts and styles come from the binary and are kept by browsers for good.

use kaketsuke::domain::actor::Role;

use crate::{
    support::{db::on_sqlite, server::TestServer, world},
    visitor::{Visitor, signed_in},
};

#[tokio::test]
async fn every_file_a_page_names_is_served_and_kept() {
    on_sqlite(|db| async move {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let page = visitor.get("/").await.expect(200).text;
        let named: Vec<_> = page
            .match_indices("\"/assets/")
            .map(|(at, _)| page[at + 1..].split('"').next().unwrap().to_owned())
            .collect();
        assert!(named.len() >= 6, "{named:?}");
        let mut nobody = Visitor::new(&server);
        for path in named {
            let file = nobody.get(&path).await.expect(200);
            assert_eq!(file.headers["cache-control"], "public, max-age=31536000, immutable", "{path}");
            let packed = nobody.clone().with("accept-encoding", "gzip").request(reqwest::Method::GET, &path);
            let packed = packed.send().await.unwrap();
            let smaller = packed.bytes().await.unwrap().len() < file.text.len();
            assert!(smaller || file.text.len() < 600, "{path}");
            let etag = file.headers["etag"].to_str().unwrap().to_owned();
            nobody.clone().with("if-none-match", &etag).get(&path).await.expect(304);
        }
        nobody.get("/assets/0000/console.css").await.expect(200);
        nobody.get("/assets/0000/../console.css").await.expect(404);
        nobody.get("/assets/0000/Cargo.toml").await.expect(404);
        server.stop().await;
    })
    .await;
}

/// Bytes of a page as they are sent: itself and every file it names, packed where that is smaller.
async fn weight(visitor: &mut Visitor, path: &str) -> usize {
    let page = visitor.get(path).await.expect(200).text;
    let named = page.match_indices("\"/assets/").map(|(at, _)| page[at + 1..].split('"').next().unwrap());
    let mut sum = page.len();
    for file in named.collect::<std::collections::BTreeSet<_>>() {
        let packed = visitor.clone().with("accept-encoding", "gzip").request(reqwest::Method::GET, file);
        sum += packed.send().await.unwrap().bytes().await.unwrap().len();
    }
    sum
}

#[tokio::test]
async fn no_page_weighs_more_than_300_kb() {
    on_sqlite(|db| async move {
        let server = TestServer::start(&db).await;
        let job = world::job(&server).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        for path in ["/", "/calls", "/calls/new", &format!("/jobs/{job}"), "/map", "/roster", "/account"] {
            let bytes = weight(&mut visitor, path).await;
            assert!(bytes < 300_000, "{path}: {bytes}");
        }
        server.stop().await;
    })
    .await;
}

#[test]
fn the_lock_file_names_no_registry_and_pins_every_library() {
    let lock: serde_json::Value = serde_json::from_str(include_str!("../../package-lock.json")).unwrap();
    let packages = lock["packages"].as_object().unwrap();
    assert!(packages.len() > 3);
    for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
        assert!(package["integrity"].as_str().unwrap().starts_with("sha512-"), "{name}");
        assert!(package.get("resolved").is_none(), "{name}");
    }
}
