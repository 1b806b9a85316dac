//! A page of the ledger as CSV (RFC 4180): lines and payments in the order of the feed, one row each. No cell begins like
//! a formula: a spreadsheet must never run what a person typed.

use crate::app::billing::Page;

/// The columns.
const HEADER: [&str; 21] = [
    "pos",
    "entry",
    "id",
    "job_id",
    "settlement_id",
    "line",
    "at",
    "firm_id",
    "kind",
    "code",
    "quantity",
    "unit_price_yen",
    "amount_yen",
    "tax_included_yen",
    "collected_yen",
    "payer",
    "rule",
    "reverses",
    "method_or_consent",
    "text_ja",
    "text_en",
];

/// The page as CSV.
pub(super) fn page(page: &Page) -> String {
    let mut rows: Vec<(i64, i64, [String; 21])> = Vec::new();
    for pulled in &page.lines {
        let (line, charge) = (&pulled.line, &pulled.line.charge);
        let cells = [
            pulled.pos.to_string(),
            "line".to_owned(),
            line.id.to_string(),
            line.job_id.to_string(),
            line.settlement_id.to_string(),
            line.line.to_string(),
            pulled.settled_at.to_rfc3339(),
            charge.firm_id.to_string(),
            charge.kind.to_string(),
            cell(&charge.code),
            charge.quantity.to_string(),
            charge.unit_price_yen.0.to_string(),
            charge.amount_yen.0.to_string(),
            charge.tax_included_yen.0.to_string(),
            line.collected_yen.0.to_string(),
            charge.payer.to_string(),
            cell(&charge.rule),
            line.reverses.map(|id| id.to_string()).unwrap_or_default(),
            charge.consent_fact_id.map(|id| id.to_string()).unwrap_or_default(),
            cell(&charge.text_ja),
            cell(&charge.text_en),
        ];
        rows.push((pulled.pos, line.line, cells));
    }
    for pulled in &page.payments {
        let payment = &pulled.payment;
        let mut cells: [String; 21] = std::array::from_fn(|_| String::new());
        cells[0] = pulled.pos.to_string();
        cells[1] = "payment".to_owned();
        cells[2] = payment.id.to_string();
        cells[3] = payment.job_id.to_string();
        cells[4] = payment.settlement_id.map(|id| id.to_string()).unwrap_or_default();
        cells[6] = payment.received_at.to_rfc3339();
        cells[8] = payment.kind.to_string();
        cells[9] = payment.reference.as_deref().map(cell).unwrap_or_default();
        cells[14] = payment.collected().0.to_string();
        cells[15] = payment.payer.to_string();
        cells[18] = payment.method.to_string();
        rows.push((pulled.pos, 0, cells));
    }
    rows.sort_by_key(|(pos, line, _)| (*pos, *line));
    let mut text = HEADER.join(",");
    text.push_str("\r\n");
    for (_, _, cells) in rows {
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// Text as a cell: quoted where it must be, and with an apostrophe before what a spreadsheet would take for a formula.
fn cell(text: &str) -> String {
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || text.starts_with(['\t', '\r', '\n']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn rfc_4180_quotes_what_needs_it() {
        assert_eq!(cell("パッキン"), "パッキン");
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("13mm \"L\""), "\"13mm \"\"L\"\"\"");
        assert_eq!(cell("one\ntwo"), "\"one\ntwo\"");
        assert_eq!(cell(""), "");
    }

    #[test]
    fn nothing_a_person_typed_is_a_formula() {
        for begins in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "\r=1"] {
            let cell = cell(begins);
            let inside = cell.strip_prefix('"').unwrap_or(&cell);
            assert!(inside.starts_with('\''), "{cell}");
        }
        assert_eq!(cell("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
    }
}
