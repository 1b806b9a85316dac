//! Two described types of one name would overwrite each other in the API's description.

use std::collections::BTreeMap;

/// The names under which the types of a source are described.
pub(crate) fn described(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_described = false;
    let mut named = None;
    for line in source.lines().map(str::trim) {
        if line.contains("ToSchema)]") || line.contains("ToSchema,") || line.starts_with("text_enum! {") {
            (is_described, named) = (true, None);
        }
        if let Some(alias) = line.strip_prefix("#[schema(as = ") {
            named = alias.split([')', ',']).next().map(str::to_owned);
        }
        let words: Vec<_> = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
        let at = words.iter().position(|word| ["enum", "struct"].contains(word));
        let is_declared = line.starts_with("pub") || line.starts_with("enum ") || line.starts_with("struct ");
        if let (true, true, Some(at)) = (is_described, is_declared, at) {
            // A macro hands the name over.
            let name = named.take().unwrap_or_else(|| words[at + 1].to_owned());
            names.extend(Some(name).filter(|name| !name.is_empty()));
            is_described = false;
        }
    }
    names
}

/// Names that stand for more than one type.
pub(crate) fn twice(sources: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, source) in sources {
        for name in described(&source) {
            found.entry(name).or_default().push(file.clone());
        }
    }
    let twice = found.into_iter().filter(|(_, files)| files.len() > 1);
    twice.map(|(name, files)| format!("{name} is described in {}", files.join(" and "))).collect()
}

#[test]
fn a_name_given_twice_is_found() {
    let one = "#[derive(Debug, utoipa::ToSchema)]\npub struct Window {\n}\nstruct Other {}";
    let other = "text_enum! {\n    /// Words.\n    pub enum Window(\"window\") {";
    let alias = "#[derive(utoipa::ToSchema)]\n#[schema(as = Pane)]\npub(super) struct Window {";
    let sources = |texts: &[&str]| -> Vec<(String, String)> {
        texts.iter().enumerate().map(|(nth, text)| (nth.to_string(), (*text).to_owned())).collect()
    };
    assert_eq!(twice(sources(&[one, other]).into_iter()), ["Window is described in 0 and 1"]);
    assert!(twice(sources(&[one, alias]).into_iter()).is_empty());
}
