//! Circles of imports inside one layer. A module and the one above it do not count as a circle: the one above lists
//! its parts, and they use its words. What a module re-exports counts as imported from where it stands.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Named, Source};

type Module<'s> = &'s [String];

/// Circles that stand for now. One that is gone must be struck off.
const ENDURED: &[&str] = &[];

/// Circles that are not endured, and endured ones that are no more.
pub(crate) fn complaints(sources: &[Source]) -> Vec<String> {
    let found = circles(sources);
    let new = found.iter().filter(|circle| !ENDURED.contains(&circle.as_str())).cloned();
    let gone = ENDURED.iter().filter(|circle| !found.iter().any(|found| found == *circle));
    new.chain(gone.map(|circle| format!("{circle} is gone: strike it off"))).collect()
}

/// Every circle once, as `a -> b -> a`.
fn circles(sources: &[Source]) -> Vec<String> {
    let library: Vec<&Source> = sources.iter().filter(|source| source.name != "src/main.rs").collect();
    let mut imports: BTreeMap<Module<'_>, BTreeSet<Module<'_>>> = BTreeMap::new();
    for source in &library {
        for path in source.paths.iter().filter(|path| !path.in_tests) {
            let to = home(&library, &full(source, path));
            let beside = !to.starts_with(&source.module) && !source.module.starts_with(to);
            if beside && to.first() == source.module.first() {
                imports.entry(&source.module).or_default().insert(to);
            }
        }
    }
    // A module that leads back to itself is on a circle; each circle is told from its first module.
    let mut told = BTreeSet::new();
    let mut circles = vec![];
    for &start in imports.keys() {
        if let Some(circle) = way_back(&imports, start) {
            let members: BTreeSet<_> = circle.iter().copied().collect();
            if told.insert(members) {
                let names = circle.iter().chain([&start]).map(|module| module.join("::"));
                circles.push(names.collect::<Vec<_>>().join(" -> "));
            }
        }
    }
    circles
}

/// The path from our root; one that starts with a part of the module it stands in begins there.
fn full(source: &Source, path: &Named) -> Vec<String> {
    if path.ours { path.names.clone() } else { [source.module.as_slice(), &path.names].concat() }
}

/// The module a path leads to, through re-exports; the root where it is not ours.
fn home<'s>(library: &[&'s Source], path: &[String]) -> Module<'s> {
    let within = |source: &&&'s Source| path.starts_with(&source.module);
    let Some(module) = library.iter().filter(within).max_by_key(|source| source.module.len()) else {
        return &[];
    };
    let item = path.get(module.module.len());
    let re_export = module.paths.iter().find(|named| named.public_use && named.names.last() == item);
    match re_export.map(|named| full(module, named)) {
        Some(target) if target.starts_with(&module.module) && target != path => home(library, &target),
        _ => &module.module,
    }
}

/// The shortest way from a module back to it.
fn way_back<'s>(
    imports: &BTreeMap<Module<'s>, BTreeSet<Module<'s>>>,
    start: Module<'s>,
) -> Option<Vec<Module<'s>>> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = vec![];
        for way in ways {
            for &next in imports.get(way[way.len() - 1]).into_iter().flatten() {
                if next == start {
                    return Some(way);
                }
                if seen.insert(next) {
                    longer.push([way.as_slice(), &[next]].concat());
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        circles(&files.iter().map(|(name, text)| Source::parse(name, text)).collect::<Vec<_>>())
    }

    #[test]
    fn a_circle_is_seen_once() {
        let files = [
            ("src/app/a.rs", "use super::b::B;"),
            ("src/app/b.rs", "fn f() { crate::app::c::f() }"),
            ("src/app/c.rs", "use crate::app::{a::A, d::D};"),
            ("src/app/d.rs", "use chrono::Utc;"),
        ];
        assert_eq!(found(&files), ["app::a -> app::b -> app::c -> app::a"]);
        assert!(found(&files[1..]).is_empty());
    }

    #[test]
    fn a_circle_through_a_re_export_is_seen() {
        let files = [
            ("src/app/mod.rs", "mod a; mod b; pub use a::A;"),
            ("src/app/a.rs", "use super::b::B;"),
            ("src/app/b.rs", "use super::A;"),
        ];
        assert_eq!(found(&files), ["app::a -> app::b -> app::a"]);
    }

    #[test]
    fn a_module_and_its_parts_are_no_circle_nor_are_tests() {
        let files = [
            ("src/http/mod.rs", "mod api; struct Service; use api::routes;"),
            (
                "src/http/api.rs",
                "use super::Service; #[cfg(test)] mod tests { use super::super::extract::X; }",
            ),
            ("src/http/extract.rs", "use super::{Service, api::Y};"),
        ];
        assert!(found(&files).is_empty());
    }
}
