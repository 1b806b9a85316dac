//! The ledger as CSV (RFC 4180), a page of it or all of it: lines and payments in the order of the feed, one row each. No
//! cell begins like a formula: a spreadsheet must never run what a person typed.

use axum::body::{Body, Bytes};
use futures_util::stream::{self, StreamExt as _};

use crate::{
    app::{self, Ctx, billing::Page},
    domain::{actor::Actor, ids::ConsumerId},
};

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

/// What a file begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begin {
    /// The names of the columns.
    Plain,
    /// A byte-order mark before them, by which spreadsheets know UTF-8.
    Marked,
}

impl Begin {
    fn head(self) -> String {
        let mark = if self == Self::Marked { "\u{feff}" } else { "" };
        format!("{mark}{}\r\n", HEADER.join(","))
    }
}

/// A page as a file.
pub(super) fn page(begin: Begin, page: &Page) -> String {
    format!("{}{}", begin.head(), rows(page))
}

/// Whose pages follow, and how many lines each is read with at most.
pub(super) type Following = (Ctx, Actor, ConsumerId, u16);

/// The page and all that comes after it as one file, read on as it is sent, so that it may be as long as it likes. What
/// cannot be read breaks the transfer off: half a file is never taken for the whole.
pub(super) fn whole(begin: Begin, first: &Page, (ctx, actor, id, limit): Following) -> Body {
    let head = format!("{}{}", begin.head(), rows(first));
    let more = |page: &Page| page.has_more.then_some(page.pos);
    let rest = stream::try_unfold(more(first), move |after| {
        let ctx = ctx.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let page = app::billing::pull(&ctx, &actor, id, Some(after), limit).await?;
            Ok::<_, app::Error>(Some((Bytes::from(rows(&page)), more(&page))))
        }
    });
    Body::from_stream(stream::once(async { Ok(Bytes::from(head)) }).chain(rest))
}

/// The rows of a page.
fn rows(page: &Page) -> String {
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
    let mut text = String::new();
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
