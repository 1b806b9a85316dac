//! The shape of the house, as a test: who may import whom, who may read the clock, where SQL may stand.
//!
//! Sources are read as tokens, so that comments and texts do not count, and macros do.
// A test helper that fails should panic.
#![allow(clippy::unwrap_used)]

#[path = "architecture/cycles.rs"]
mod cycles;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/schemas.rs"]
mod schemas;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use source::Source;

/// Longest file, in lines.
const FILE_LINES_MAX: usize = 600;
/// `main.rs` holds the command line's entry and nothing else.
const MAIN_LINES_MAX: usize = 80;

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source::parse(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// Fails with every complaint, a line each.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_sources_are_found() {
    let names: Vec<_> = sources("src").into_iter().map(|source| source.name).collect();
    for name in
        ["src/lib.rs", "src/main.rs", "src/app/ctx.rs", "src/http/api/tokens.rs", "src/domain/span.rs"]
    {
        assert!(names.iter().any(|found| found == name), "{name}");
    }
}

#[test]
fn layers_import_only_what_is_below_them() {
    none(sources("src").iter().flat_map(rules::forbidden_edges).collect());
}

#[test]
fn clock_and_randomness_are_read_in_their_places_only() {
    let sources = sources("src");
    none(sources.iter().flat_map(rules::clock_reads).chain(rules::idle_exceptions(&sources)).collect());
}

#[test]
fn sql_stands_in_the_store_only() {
    none(sources("src").iter().flat_map(rules::sql).collect());
}

#[test]
fn no_file_is_too_long() {
    let all = ["src", "tests", "benches"].into_iter().flat_map(sources);
    let limit = |name: &str| if name == "src/main.rs" { MAIN_LINES_MAX } else { FILE_LINES_MAX };
    none(all.filter_map(|source| rules::too_long(&source, limit(&source.name))).collect());
}

#[test]
fn modules_of_a_layer_do_not_import_each_other_in_a_circle() {
    none(cycles::complaints(&sources("src")));
}

#[test]
fn no_two_described_types_have_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read =
        |source: &Source| (source.name.clone(), std::fs::read_to_string(root.join(&source.name)).unwrap());
    let texts: Vec<_> = sources("src").iter().map(read).collect();
    assert!(texts.iter().map(|(_, text)| schemas::described(text).len()).sum::<usize>() > 150);
    none(schemas::twice(texts.into_iter()));
}
