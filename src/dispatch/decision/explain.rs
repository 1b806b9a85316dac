//! Why, and why not: a decision in sentences.

use super::Decision;
use crate::{
    dispatch::{
        matcher::{Candidate, Verdict},
        rank::{DutyClass, Figures, LanguageMatch, Objective, RankKey},
        technician::OriginKind,
        words::{self, Words},
    },
    domain::{fitness::WorkScope, ids::TechnicianId},
};

/// The decision in one sentence.
#[must_use]
pub fn headline(decision: &Decision) -> Words {
    let trade = words::trade(decision.question.trade);
    let code = decision.question.municipality.as_str();
    match (decision.verdict, decision.candidates.first()) {
        (Verdict::Offer, Some(first)) => {
            let (count, clock) = (decision.eligible, words::clock(first.figures.arrival_at));
            Words::new(
                format!("{}：手配できる候補は{count}名、最上位の到着見込みは{clock}です。", trade.ja),
                format!("For {}: {count} can be sent; the first would arrive at about {clock}.", trade.en),
            )
        }
        (Verdict::NoCoverage, _) => Words::new(
            format!("{}：市区町村コード{code}に対応する業者がありません。", trade.ja),
            format!("No firm serves municipality {code} for {}.", trade.en),
        ),
        (Verdict::NobodyFree | Verdict::Offer, _) => Words::new(
            format!("{}：対応する業者はありますが、いま手配できる人がいません。", trade.ja),
            format!("Firms serve this place for {}, but nobody can be sent now.", trade.en),
        ),
    }
}

/// Why `technician` has the place in the order he has, or why he has none.
#[must_use]
pub fn why(decision: &Decision, technician: TechnicianId) -> Words {
    let is_his = |candidate: &Candidate| candidate.facts.technician == technician;
    if let Some(index) = decision.candidates.iter().position(is_his) {
        return why_here(&decision.candidates, index);
    }
    if let Some(refused) = decision.rejections.iter().find(|one| one.facts.technician == technician) {
        let reason = refused.rejection.words(&decision.question);
        let distance = kilometres(refused.distance_m);
        return Words::new(
            format!("{}（直線距離{distance} km）", reason.ja),
            format!("{} ({distance} km away in a straight line)", reason.en),
        );
    }
    let looked_at = decision.visited;
    Words::new(
        format!(
            "名前を記録した候補にも対象外にも含まれません（確認した{looked_at}名の件数のみ、または確認不要）。"
        ),
        format!(
            "Not named: outranked, or refused and only counted among the {looked_at} looked at, or not looked at \
             because nothing could have changed the order."
        ),
    )
}

fn why_here(candidates: &[Candidate], index: usize) -> Words {
    let (candidate, place) = (&candidates[index], index + 1);
    let Figures { travel_s, arrival_at, distance_m, .. } = candidate.figures;
    let (minutes, distance) = (travel_s.div_ceil(60), kilometres(distance_m));
    let (clock, origin) = (words::clock(arrival_at), origin_words(candidate.figures.origin));
    let (scope, duty) = (scope_words(candidate.figures.scope), duty_words(candidate));
    let language = language_words(candidate.figures.language);
    let behind =
        index.checked_sub(1).map_or_else(Words::default, |above| behind(&candidates[above], candidate));
    Words::new(
        format!(
            "{place}番目：{}から直線{distance} km、移動{minutes}分、到着見込み{clock}。{}{}{}{}",
            origin.ja, scope.ja, duty.ja, language.ja, behind.ja
        ),
        format!(
            "Number {place}: {distance} km in a straight line from {}, {minutes} min on the road, there at about \
             {clock}.{}{}{}{}",
            origin.en, scope.en, duty.en, language.en, behind.en
        ),
    )
}

/// What put `below` behind `above`.
fn behind(above: &Candidate, below: &Candidate) -> Words {
    let key = |candidate: &Candidate| RankKey::of(candidate.facts.technician, &candidate.figures);
    let (_, objective) = key(above).compare(&key(below));
    let (ja, en) = match objective {
        Objective::ArrivalBand => ("到着時間帯が遅い", "a later arrival band"),
        Objective::Scope => (
            "同じ時間帯だが、応急処置のみのため",
            "the same band, but may only make safe: whoever may do all of the work comes first",
        ),
        Objective::Duty => (
            "同じ時間帯だが、待機中のため（勤務中の人が先）",
            "the same band, but on call: whoever is on shift comes first",
        ),
        Objective::Language => {
            ("同じ時間帯だが、お客様の言語を話せない", "the same band, but not the caller's language")
        }
        Objective::FairLoad => {
            ("同じ時間帯だが、24時間以内の受注が多い", "the same band, but more jobs in the last 24 hours")
        }
        Objective::Arrival => {
            ("同じ時間帯だが、到着がわずかに遅い", "the same band, but a slightly later arrival")
        }
        Objective::Id => ("すべて同じで、番号順", "equal in everything; ordered by id"),
    };
    Words::new(format!("1つ上の候補より後の理由：{ja}。"), format!(" Behind the one above: {en}."))
}

fn origin_words(origin: OriginKind) -> Words {
    match origin {
        OriginKind::JobSite => Words::new("対応中の現場", "the site of the present job"),
        OriginKind::Position => Words::new("現在地", "the last position"),
        OriginKind::Base => Words::new("拠点", "the base"),
    }
}

/// Only who may not do all of the work is said to.
fn scope_words(scope: WorkScope) -> Words {
    match scope {
        WorkScope::Lasting => Words::default(),
        WorkScope::StopGap => Words::new(
            "応急処置のみ（この地域の指定給水装置工事事業者ではありません）。",
            " Makes safe only: not designated by the water utility there.",
        ),
    }
}

/// Only who comes from call is said to.
fn duty_words(candidate: &Candidate) -> Words {
    match candidate.figures.duty {
        DutyClass::OnShift => Words::default(),
        DutyClass::OnCall => Words::new(
            format!("待機中（{}に出発できる見込み）。", words::clock(candidate.figures.available_at)),
            format!(" On call: can leave at about {}.", words::clock(candidate.figures.available_at)),
        ),
    }
}

fn language_words(language: LanguageMatch) -> Words {
    match language {
        LanguageMatch::Speaks => Words::new("お客様の言語を話します。", " Speaks the caller's language."),
        LanguageMatch::Interpreter => Words::new("通訳が必要です。", " Needs an interpreter."),
        LanguageMatch::Unknown => Words::default(),
    }
}

/// `2.6` of 2 590 m: tenths, rounded up like all distances.
fn kilometres(metres: u32) -> String {
    let tenths = metres.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}
