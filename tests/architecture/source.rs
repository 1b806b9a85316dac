//! One source file as the rules see it: its place and the paths it names.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One source file.
pub(crate) struct Source {
    /// Its path from the root of the repository, as in `src/app/ctx.rs`.
    pub(crate) name: String,
    /// How many lines it has.
    pub(crate) lines: usize,
    /// Its module, as in `[app, ctx]`; empty for the root.
    pub(crate) module: Vec<String>,
    /// Every path it names.
    pub(crate) paths: Vec<Named>,
    /// Every macro it calls, by its last name, with the line.
    pub(crate) macros: Vec<(String, usize)>,
}

/// A path of two or more names, with `use` groups spread out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The names; `crate`, `self` and `super` are resolved where `ours`.
    pub(crate) names: Vec<String>,
    /// Whether it starts at our own root.
    pub(crate) ours: bool,
    /// Whether other modules see it: `pub use`.
    pub(crate) public_use: bool,
    /// Whether it stands in test code.
    pub(crate) in_tests: bool,
    /// Its line.
    pub(crate) line: usize,
}

impl Named {
    /// As it is written in full.
    pub(crate) fn text(&self) -> String {
        if self.ours { format!("crate::{}", self.names.join("::")) } else { self.names.join("::") }
    }

    /// Whether it ends with these names.
    pub(crate) fn ends_with(&self, names: &[&str]) -> bool {
        self.names.len() >= names.len() && self.names[self.names.len() - names.len()..] == *names
    }
}

impl Source {
    /// Reads a source text.
    pub(crate) fn parse(name: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        let module = module_of(name);
        let mut source = Self {
            name: name.to_owned(),
            lines: text.lines().count(),
            module,
            paths: vec![],
            macros: vec![],
        };
        let here = Place { module: source.module.clone(), in_tests: false };
        source.walk(tokens, &here);
        source
    }

    /// The layer: the first name of the module; `lib` for the root, `main` for the command line's entry.
    pub(crate) fn layer(&self) -> &str {
        match self.name.as_str() {
            "src/lib.rs" => "lib",
            "src/main.rs" => "main",
            _ => self.module.first().map_or("", String::as_str),
        }
    }

    fn walk(&mut self, tokens: TokenStream, place: &Place) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut statement = Statement::default();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let (names, next) = chain(&tokens, at);
                    statement.see(&names);
                    if is_punct(tokens.get(next), '!') && !is_punct(tokens.get(next + 1), '=') {
                        self.macros.push((names.last().cloned().unwrap_or_default(), line));
                    }
                    at = next;
                    let mut named = vec![];
                    let group = if is_separator(&tokens, at) { tokens.get(at + 2) } else { None };
                    match group {
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                            spread(group.stream(), &names, &mut named);
                            at += 3;
                        }
                        _ => named.push(names),
                    }
                    for names in named.into_iter().filter(|names| names.len() > 1) {
                        self.paths.push(place.named(names, &statement, line));
                    }
                }
                TokenTree::Group(group) => {
                    self.walk(group.stream(), &statement.inside(place, group.delimiter()));
                    statement.close(group.delimiter(), &group.stream());
                    at += 1;
                }
                TokenTree::Punct(punct) => {
                    if punct.as_char() == ';' {
                        statement = Statement::default();
                    }
                    at += 1;
                }
                TokenTree::Literal(_) => at += 1,
            }
        }
    }
}

/// Where tokens stand: the module, inline modules included, and whether that is test code.
struct Place {
    module: Vec<String>,
    in_tests: bool,
}

impl Place {
    /// The path with `crate`, `self` and `super` resolved.
    fn named(&self, mut names: Vec<String>, statement: &Statement, line: usize) -> Named {
        let mut ours = false;
        let mut base = vec![];
        while let Some(first) = names.first() {
            match first.as_str() {
                "crate" => base = vec![],
                "self" if !ours => base = self.module.clone(),
                "super" if !ours => base = self.module[..self.module.len().saturating_sub(1)].to_vec(),
                "super" => drop(base.pop()),
                _ => break,
            }
            ours = true;
            names.remove(0);
        }
        base.extend(names);
        let in_tests = self.in_tests || statement.for_tests;
        Named { names: base, ours, public_use: statement.is_public_use(), in_tests, line }
    }
}

/// What has been seen since the last `;` or `}`.
#[derive(Default)]
struct Statement {
    words: Vec<String>,
    for_tests: bool,
}

impl Statement {
    fn see(&mut self, names: &[String]) {
        self.words.push(names[0].clone());
    }

    /// `pub use …` or `pub(crate) use …`.
    fn is_public_use(&self) -> bool {
        self.words.first().is_some_and(|word| word == "pub")
            && self.words.get(1).is_some_and(|word| word == "use")
    }

    fn inside(&self, place: &Place, delimiter: Delimiter) -> Place {
        let mut module = place.module.clone();
        let inline = self.words.iter().rposition(|word| word == "mod").and_then(|at| self.words.get(at + 1));
        if let Some(name) = inline.filter(|_| delimiter == Delimiter::Brace) {
            module.push(name.clone());
        }
        Place { module, in_tests: place.in_tests || self.for_tests }
    }

    fn close(&mut self, delimiter: Delimiter, inner: &TokenStream) {
        match delimiter {
            Delimiter::Brace => *self = Self::default(),
            Delimiter::Bracket if inner.to_string().replace(' ', "") == "cfg(test)" => self.for_tests = true,
            _ => {}
        }
    }
}

/// `src/app/ctx.rs` is `[app, ctx]`, `src/app/mod.rs` is `[app]`, `src/lib.rs` and `src/main.rs` are the root.
fn module_of(name: &str) -> Vec<String> {
    let path = name.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

/// The names joined by `::` from `at` on, and where they end. A glob counts as a name.
fn chain(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut names = vec![tokens[at].to_string()];
    at += 1;
    while is_separator(tokens, at) {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(ident)) => names.push(ident.to_string()),
            Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => names.push("*".to_owned()),
            _ => break,
        }
        at += 3;
    }
    (names, at)
}

/// Every path of a `use` group.
fn spread(group: TokenStream, prefix: &[String], named: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = group.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        let mut names = prefix.to_vec();
        match &tokens[at] {
            TokenTree::Ident(ident) if *ident == "self" => at += 1,
            TokenTree::Ident(_) => {
                let (more, next) = chain(&tokens, at);
                names.extend(more);
                at = next;
            }
            other => {
                names.push(other.to_string());
                at += 1;
            }
        }
        match tokens.get(at + 2) {
            Some(TokenTree::Group(group)) if is_separator(&tokens, at) => {
                spread(group.stream(), &names, named);
            }
            _ => named.push(names),
        }
        // On to what follows the next comma; a new name after `as` is of no interest.
        while at < tokens.len() && !is_punct(tokens.get(at), ',') {
            at += 1;
        }
        at += 1;
    }
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, text: &str) -> Vec<String> {
        Source::parse(name, text).paths.iter().map(Named::text).collect()
    }

    #[test]
    fn groups_are_spread_out() {
        let text = "use crate::{app::{self, Ctx as C, clock::*}, domain::span::Instant};";
        let all = ["crate::app", "crate::app::Ctx", "crate::app::clock::*", "crate::domain::span::Instant"];
        assert_eq!(named("src/http/mod.rs", text), all);
    }

    #[test]
    fn super_and_self_are_resolved_inline_modules_included() {
        assert_eq!(named("src/http/api/jobs.rs", "use super::super::store::Db;"), ["crate::http::store::Db"]);
        assert_eq!(named("src/app/jobs.rs", "use super::super::http::Limits;"), ["crate::http::Limits"]);
        assert_eq!(named("src/app/mod.rs", "use self::clock::Clock;"), ["crate::app::clock::Clock"]);
        let inline = "fn f() {} mod tests { use super::*; use super::super::Ctx; }";
        assert_eq!(named("src/app/jobs.rs", inline), ["crate::app::jobs::*", "crate::app::Ctx"]);
    }

    #[test]
    fn expressions_attributes_and_macros_count_comments_and_texts_do_not() {
        let text = r#"
            // use crate::store::Db;
            #[serde(with = "crate::a::b")]
            fn f() { let x = crate::store::feed::head(1); m!(crate::http::Limits::default()); "crate::app::Ctx" }
            macro_rules! g { () => { $crate::domain::money::Yen } }
        "#;
        let all = ["crate::store::feed::head", "crate::http::Limits::default", "crate::domain::money::Yen"];
        assert_eq!(named("src/app/jobs.rs", text), all);
    }

    #[test]
    fn re_exports_and_test_code_are_told_apart() {
        let text = "pub use ctx::Ctx; use clock::Clock; #[cfg(test)] mod tests { use a::B; } use c::D;";
        let source = Source::parse("src/app/mod.rs", text);
        let marks: Vec<_> = source.paths.iter().map(|path| (path.public_use, path.in_tests)).collect();
        assert_eq!(marks, [(true, false), (false, false), (false, true), (false, false)]);
    }

    #[test]
    fn macro_calls_are_seen() {
        let macros = Source::parse("src/app/jobs.rs", "fn f() { db::query!(tx, 1); a != b }").macros;
        assert_eq!(macros, [("query".to_owned(), 1)]);
    }
}
