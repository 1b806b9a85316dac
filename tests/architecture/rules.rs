//! The rules, each a function from a source to its complaints.

use super::source::Source;

/// Who may import whom. A layer may always import itself; `main` and `lib` stand for the two roots.
const EDGES: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("dispatch", &["domain"]),
    ("store", &["domain"]),
    ("i18n", &["domain"]),
    ("routing", &["domain"]),
    ("documents", &["domain", "i18n"]),
    ("notify", &["domain", "i18n"]),
    ("app", &["domain", "dispatch", "store", "routing", "documents"]),
    ("http", &["domain", "app", "i18n"]),
    ("worker", &["domain", "app", "notify"]),
    // Of notify only its settings are named outside the workers.
    ("server", &["domain", "app", "http", "worker", "notify"]),
    ("config", &["domain", "http", "store", "notify"]),
    ("import", &["domain", "app", "config"]),
    // Of http it names the limits a server is started with, no more.
    ("demo", &["domain", "app", "http", "server", "store", "notify"]),
    // Of http it asks whether there are pages, no more.
    ("cli", &["domain", "app", "http", "store", "config", "server", "demo", "import"]),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Rooms of `http` that never import each other.
const ROOMS: [&str; 3] = ["api", "console", "track"];

/// Clock, randomness and waiting, by the last two names of the path.
const READS: &[[&str; 2]] = &[
    ["Utc", "now"],
    ["Local", "now"],
    ["SystemTime", "now"],
    ["Instant", "now"],
    ["time", "sleep"],
    ["time", "sleep_until"],
    ["time", "interval"],
    ["thread", "sleep"],
    ["rand", "rng"],
    ["rand", "random"],
    ["Uuid", "now_v7"],
    ["Uuid", "new_v4"],
];

/// Where each may stand all the same: the clock, the randomness, the duration of a request, the silence of a connection, and
/// the pause of a client.
const READERS: &[(&str, [&str; 2])] = &[
    ("src/app/clock.rs", ["Utc", "now"]),
    ("src/app/clock.rs", ["time", "sleep"]),
    ("src/app/ctx.rs", ["rand", "rng"]),
    ("src/http/observe.rs", ["Instant", "now"]),
    ("src/http/lines.rs", ["Instant", "now"]),
    ("src/http/lines.rs", ["time", "sleep"]),
    ("src/store/line.rs", ["Instant", "now"]),
    ("src/demo/client.rs", ["time", "sleep"]),
];

/// Imports of a layer, or of a neighbouring room, that are not in the table.
pub(crate) fn forbidden_edges(source: &Source) -> Vec<String> {
    let layer = source.layer();
    let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{}: '{layer}' is no known layer", source.name)];
    };
    let room =
        source.module.get(1).map(String::as_str).filter(|room| layer == "http" && ROOMS.contains(room));
    let mut complaints = vec![];
    for path in &source.paths {
        // The binary is a crate of its own and names ours from outside.
        let names = match path.names.split_first() {
            Some((first, rest)) if first == "kaketsuke" => rest,
            _ if path.ours => path.names.as_slice(),
            _ => continue,
        };
        let Some(to) = names.first() else { continue };
        let other_room = names.get(1).map(String::as_str).filter(|to| ROOMS.contains(to));
        if to != layer && !allowed.contains(&to.as_str()) {
            complaints.push(format!(
                "{}:{}: {layer} must not import {}",
                source.name,
                path.line,
                path.text()
            ));
        } else if to == layer && room.zip(other_room).is_some_and(|(room, other)| room != other) {
            complaints.push(format!("{}:{}: a room must not import {}", source.name, path.line, path.text()));
        }
    }
    complaints
}

/// Reads of clock or randomness where they do not belong.
pub(crate) fn clock_reads(source: &Source) -> Vec<String> {
    let mut complaints = vec![];
    for path in &source.paths {
        let Some(read) = READS.iter().find(|read| path.ends_with(&read[..])) else { continue };
        if !READERS.contains(&(source.name.as_str(), *read)) {
            complaints.push(format!("{}:{}: {} belongs to app::Ctx", source.name, path.line, path.text()));
        }
    }
    complaints
}

/// Exceptions that nobody uses any more.
pub(crate) fn idle_exceptions(sources: &[Source]) -> Vec<String> {
    let used = |name: &str, read: &[&str; 2]| {
        let source = sources.iter().find(|source| source.name == name);
        source.is_some_and(|source| source.paths.iter().any(|path| path.ends_with(&read[..])))
    };
    let idle = READERS.iter().filter(|(name, read)| !used(name, read));
    idle.map(|(name, read)| format!("{name}: the exception for {} is not used", read.join("::"))).collect()
}

/// SQL, or its library, outside `store`.
pub(crate) fn sql(source: &Source) -> Vec<String> {
    if source.layer() == "store" {
        return vec![];
    }
    let paths = source.paths.iter().filter(|path| path.names.iter().any(|name| name == "sqlx"));
    let paths = paths.map(|path| (path.text(), path.line));
    let macros = source.macros.iter().filter(|(name, _)| name.starts_with("query"));
    let macros = macros.map(|(name, line)| (format!("{name}!"), *line));
    paths.chain(macros).map(|(what, line)| format!("{}:{line}: {what} outside store", source.name)).collect()
}

/// A file longer than `lines_max`.
pub(crate) fn too_long(source: &Source, lines_max: usize) -> Option<String> {
    (source.lines > lines_max)
        .then(|| format!("{}: {} lines, {lines_max} at most", source.name, source.lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(name: &str, text: &str) -> usize {
        forbidden_edges(&Source::parse(name, text)).len()
    }

    #[test]
    fn a_forbidden_edge_is_seen() {
        for (name, text) in [
            ("src/domain/jobs.rs", "use crate::store::Db;"),
            ("src/domain/jobs.rs", "fn f() { crate::app::feed::after(1) }"),
            ("src/dispatch/rank.rs", "use crate::{domain::money::Yen, store::Db};"),
            ("src/store/jobs.rs", "use crate::app::Ctx;"),
            ("src/app/jobs.rs", "use super::super::http::Limits;"),
            ("src/app/jobs.rs", "#[cfg(test)] mod tests { use crate::http::Limits; }"),
            ("src/http/api/jobs.rs", "use crate::store;"),
            ("src/http/api/jobs.rs", "use crate::http::console::page;"),
            ("src/http/track/page.rs", "use super::super::api::jobs;"),
            ("src/worker/feed.rs", "use crate::store::feed::Listener;"),
            ("src/demo/night.rs", "use crate::worker::start;"),
            ("src/main.rs", "fn main() { kaketsuke::store::run() }"),
            ("src/lib.rs", "pub use crate::store::Db;"),
            ("src/cellar/mod.rs", "fn f() {}"),
        ] {
            assert_eq!(edges(name, text), 1, "{name}: {text}");
        }
    }

    #[test]
    fn an_allowed_edge_is_not() {
        for (name, text) in [
            ("src/domain/jobs.rs", "use super::money::Yen; use chrono::Utc;"),
            ("src/dispatch/rank.rs", "use crate::domain::money::Yen;"),
            ("src/app/jobs.rs", "use crate::{dispatch, domain, store::{self, Tx}}; use super::Ctx;"),
            ("src/http/api/jobs.rs", "use crate::{app, http::{Service, reply::Page}}; use super::tokens;"),
            ("src/http/mod.rs", "use self::{api::routes, console::pages};"),
            ("src/main.rs", "fn main() { kaketsuke::cli::main() }"),
            ("src/app/jobs.rs", "// use crate::http::Limits;\nfn f() { \"crate::http::Limits\" }"),
        ] {
            assert_eq!(edges(name, text), 0, "{name}: {text}");
        }
    }

    #[test]
    fn a_clock_read_is_seen() {
        let reads = |name: &str, text: &str| clock_reads(&Source::parse(name, text)).len();
        for text in [
            "fn f() { chrono::Utc::now() }",
            "fn f() { Local::now() }",
            "fn f() { std::time::SystemTime::now() }",
            "fn f() { Instant::now() }",
            "use tokio::time::{sleep, timeout};",
            "fn f() { tokio::time::sleep(d) }",
            "fn f() { Uuid::new_v4() }",
            "fn f() { uuid::Uuid::now_v7() }",
            "fn f() { rand::rng() }",
        ] {
            assert_eq!(reads("src/app/jobs.rs", text), 1, "{text}");
        }
        assert_eq!(reads("src/app/jobs.rs", "fn f() { ctx.now(); tokio::time::timeout(d, f) }"), 0);
        assert_eq!(reads("src/app/clock.rs", "fn f() { chrono::Utc::now() }"), 0);
        assert_eq!(reads("src/app/clock.rs", "fn f() { Uuid::new_v4() }"), 1);
        assert_eq!(reads("src/http/observe.rs", "fn f() { Instant::now() }"), 0);
        assert_eq!(reads("src/http/metrics.rs", "fn f() { Instant::now() }"), 1);
    }

    #[test]
    fn an_idle_exception_is_seen() {
        assert_eq!(idle_exceptions(&[]).len(), READERS.len());
        let used = Source::parse("src/app/ctx.rs", "fn f() { rand::rng() }");
        assert_eq!(idle_exceptions(&[used]).len(), READERS.len() - 1);
    }

    #[test]
    fn sql_outside_the_store_is_seen() {
        let complaints = |name: &str, text: &str| sql(&Source::parse(name, text)).len();
        for text in
            ["use sqlx::FromRow;", "fn f() { query!(tx, execute, \"DELETE\") }", "fn f() { sqlx::query(a) }"]
        {
            assert_eq!(complaints("src/app/jobs.rs", text), 1, "{text}");
            assert_eq!(complaints("src/store/jobs.rs", text), 0, "{text}");
        }
        assert_eq!(complaints("src/app/jobs.rs", "fn f() { uri.query() }"), 0);
    }

    #[test]
    fn a_long_file_is_seen() {
        assert!(too_long(&Source::parse("src/app/jobs.rs", &"\n".repeat(601)), 600).is_some());
        assert!(too_long(&Source::parse("src/app/jobs.rs", &"\n".repeat(600)), 600).is_none());
    }
}
