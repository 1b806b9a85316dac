//! Where a value stands that cannot be read: told from the text that has asked for it, so that somebody can look.

use super::Error;

/// The failure of a statement; of a value that cannot be read, with its table and its column.
pub(super) fn failed(error: sqlx::Error, text: &'static str) -> Error {
    match error {
        sqlx::Error::ColumnDecode { index, source } => {
            let (table, column) = origin(text, index.trim_matches('"'));
            Error::corrupt(table, column, source)
        }
        other => other.into(),
    }
}

/// Table and column of what a text gives under a name, or at a place where the row has no names. What is computed goes
/// by its own name and by the first table.
fn origin(text: &'static str, index: &str) -> (&'static str, &'static str) {
    let words = words(text);
    let first = words.windows(2).find(|next| matches!(next[0], "FROM" | "UPDATE" | "INTO"));
    let first = first.map_or("?", |next| next[1]);
    let start = words.iter().position(|word| *word == "RETURNING");
    let start = start.or_else(|| words.iter().position(|word| *word == "SELECT")).unwrap_or_default();
    let items = words[start..].split(|word| *word == "FROM").next().unwrap_or_default();
    let mut items = items.get(1..).unwrap_or_default().split(|word| *word == ",").enumerate();
    let found = items.find(|(place, item)| match index.parse() {
        Ok(index) => *place == index,
        Err::<usize, _>(_) => item.last().is_some_and(|name| name.rsplit('.').next() == Some(index)),
    });
    match found {
        Some((_, [item] | [item, "AS", _])) => match item.split_once('.') {
            Some((alias, column)) => (called(&words, alias).unwrap_or(first), column),
            None => (first, item),
        },
        Some((_, [.., name])) => (first, name),
        _ => (first, "?"),
    }
}

/// The table a text calls by an alias.
fn called(words: &[&'static str], alias: &str) -> Option<&'static str> {
    let named = words.windows(3).find(|next| matches!(next[0], "FROM" | "JOIN") && next[2] == alias);
    named.map(|next| next[1])
}

/// The words and commas of a text; what is in brackets is left out.
fn words(text: &'static str) -> Vec<&'static str> {
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for word in text.split_inclusive([' ', '\n', ',', '(', ')']) {
        let (bare, mark) = match word.char_indices().last() {
            Some((at, ' ' | '\n' | ',' | '(' | ')')) => word.split_at(at),
            _ => (word, ""),
        };
        // What stands right before a bracket is a function's name.
        words.extend((depth == 0 && !bare.is_empty() && mark != "(").then_some(bare));
        match mark {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => words.push(mark),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_name() {
        let text = "SELECT l.id, c.number, f.name AS firm_name, COALESCE(l.code, '') AS code,
                           (SELECT COUNT(*) FROM ledger_line r WHERE r.reverses = l.id) AS reversals, plain
                    FROM ledger_line l JOIN case_file c ON c.id = l.case_id LEFT JOIN firm f ON f.id = l.firm_id";
        for (name, found) in [
            ("id", ("ledger_line", "id")),
            ("number", ("case_file", "number")),
            ("firm_name", ("firm", "name")),
            ("code", ("ledger_line", "code")),
            ("reversals", ("ledger_line", "reversals")),
            ("plain", ("ledger_line", "plain")),
            ("2", ("firm", "name")),
            ("unknown", ("ledger_line", "?")),
        ] {
            assert_eq!(origin(text, name), found, "{name}");
        }
    }

    #[test]
    fn what_a_write_returns_is_of_its_table() {
        let text = "UPDATE alarm SET version = version + 1 WHERE id = $1 RETURNING id, kind";
        assert_eq!(origin(text, "kind"), ("alarm", "kind"));
        assert_eq!(
            origin("INSERT INTO counter (name, value) VALUES ($1, 1) RETURNING value", "0"),
            ("counter", "value")
        );
        let text = "WITH wanted (id) AS (SELECT x FROM y) SELECT d.job_id FROM review_decision d";
        assert_eq!(origin(text, "job_id"), ("review_decision", "job_id"));
    }

    #[test]
    fn only_a_value_is_told_with_its_place() {
        let source = "'x' is no kind".into();
        let error = failed(
            sqlx::Error::ColumnDecode { index: "\"kind\"".to_owned(), source },
            "SELECT kind FROM alarm",
        );
        assert_eq!(error.to_string(), "alarm.kind holds a value that cannot be read: 'x' is no kind");
        assert!(matches!(failed(sqlx::Error::RowNotFound, "SELECT 1"), Error::Database(_)));
    }
}
