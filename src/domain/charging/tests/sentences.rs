//! Every sentence repeats the numbers its amount depends on.

use super::*;

fn texts(estimate: &ChargeEstimate) -> Vec<(&str, &str)> {
    estimate.lines.iter().map(|line| (line.text_ja.as_str(), line.text_en.as_str())).collect()
}

#[test]
fn overtime() {
    let visits = vec![vec![work("A", "10:00:00", "11:12:00")]];
    let got = worked(visits, None, ChargePolicy::default());
    assert_eq!(
        texts(&got),
        [(
            "作業72分00秒(10:00〜11:12)のうち無料の60分を超えた12分00秒 → 10分単位で2回 × 1,100円 = 2,200円(税込)。始まった10分を1回と数えます。C-08",
            "Worked 72 min 00 s (10:00–11:12), 12 min 00 s beyond the free 60 min → units of 10 min: 2 units × 1,100 yen = 2,200 yen (tax included). Every 10 min begun counts as one unit. C-08",
        )]
    );
}

#[test]
fn overtime_with_a_cap() {
    let visits = vec![vec![work("A", "10:00:00", "11:32:00")]];
    let got = worked(visits, Some(2), ChargePolicy::default());
    assert_eq!(
        texts(&got),
        [
            (
                "作業92分00秒(10:00〜11:32)のうち無料の60分を超えた32分00秒 → 10分単位で4回、うち同意のある2回 × 1,100円 = 2,200円(税込)。始まった10分を1回と数えます。C-08",
                "Worked 92 min 00 s (10:00–11:32), 32 min 00 s beyond the free 60 min → units of 10 min: 4 units begun, 2 of them agreed: 2 × 1,100 yen = 2,200 yen (tax included). Every 10 min begun counts as one unit. C-08",
            ),
            (
                "作業92分00秒(10:00〜11:32)のうち無料の60分を超えた32分00秒 → 10分単位で4回。始まった10分を1回と数えます。同意の上限(2回)を超える2回は請求しません = 0円。C-20",
                "Worked 92 min 00 s (10:00–11:32), 32 min 00 s beyond the free 60 min → units of 10 min: 4. Every 10 min begun counts as one unit. 2 beyond the agreed cap of 2 units: not billed = 0 yen. C-20",
            ),
        ]
    );
}

#[test]
fn overtime_with_a_cap_in_full_units_only() {
    let visits = vec![vec![work("A", "10:00:00", "11:32:00")]];
    let got = worked(visits, Some(1), policy("completed", 0, "job", "wall_clock"));
    let text = &got.lines[0].text_en;
    assert!(text.contains("3 units completed, 1 of them agreed: 1 × 1,100 yen = 1,100 yen"), "{text}");
}

#[test]
fn overtime_over_midnight_by_visit_and_person() {
    let mut visits = vec![vec![], vec![work("A", "23:00:00", "23:20:00")]];
    visits[1].push(WorkInterval {
        technician: "B".into(),
        span: Span::new(at("23:00:00"), at("23:00:00") + TimeDelta::seconds(3_661)).unwrap(),
        kind: WorkKind::Work,
    });
    let got = worked(visits, None, policy("started", 59, "visit", "person_time"));
    assert_eq!(
        texts(&got),
        [(
            "訪問2: 延べ作業81分01秒(11/22 23:00〜23:20、11/22 23:00〜11/23 00:01:01)のうち無料の60分を超えた21分01秒 → 10分単位で3回 × 1,100円 = 3,300円(税込)。始まった10分を1回と数え、59秒までの端数は数えません。C-08",
            "Visit 2: Worked, summed over persons, 81 min 01 s (11/22 23:00–23:20, 11/22 23:00–11/23 00:01:01), 21 min 01 s beyond the free 60 min → units of 10 min: 3 units × 1,100 yen = 3,300 yen (tax included). Every 10 min begun counts as one unit; a remainder of up to 59 s does not. C-08",
        )]
    );
}

#[test]
fn many_spans_are_counted_and_not_listed() {
    let tens: Vec<WorkInterval> =
        (10..20).map(|hour| work("A", &format!("{hour}:00:00"), &format!("{hour}:07:00"))).collect();
    let got = worked(vec![tens], None, policy("completed", 0, "job", "wall_clock"));
    assert!(got.lines[0].text_ja.contains("17:00〜17:07、ほか2区間)"), "{}", got.lines[0].text_ja);
    assert!(got.lines[0].text_en.contains("17:00–17:07, and 2 more)"), "{}", got.lines[0].text_en);
    assert!(got.lines[0].text_ja.ends_with("終わりまで作業した10分だけを1回と数えます。C-08"));
    assert!(got.lines[0].text_en.contains("1 unit × 1,100 yen = 1,100 yen"));
}

#[test]
fn parts_and_special_work() {
    let parts = vec![part("3", 480), part("1.50", 333)];
    let special = vec![SpecialWork::new("高圧洗浄", 22_000).unwrap()];
    let input =
        EstimateInput::new(WorkedVisits::default(), None, parts, special, ChargePolicy::default()).unwrap();
    assert_eq!(
        texts(&estimate(&input)),
        [
            (
                "部品「止水栓パッキン」 3 × 480円 = 1,440円(税込)。C-05",
                "Part \"止水栓パッキン\": 3 × 480 yen = 1,440 yen (tax included). C-05",
            ),
            (
                "部品「止水栓パッキン」 1.5 × 333円 = 499.5円 → 四捨五入で500円(税込)。C-05",
                "Part \"止水栓パッキン\": 1.5 × 333 yen = 499.5 yen, rounded half up to 500 yen (tax included). C-05",
            ),
            (
                "特殊作業「高圧洗浄」 見積り一式 22,000円(税込)。この作業の時間は無料時間にも超過時間にも数えません。C-13",
                "Special work \"高圧洗浄\": quoted lump price 22,000 yen (tax included). Its time counts neither as free time nor as overtime. C-13",
            ),
        ]
    );
}

#[test]
fn recorded_consent_is_named() {
    let visits = WorkedVisits::new(vec![vec![work("A", "10:00:00", "11:12:00")]]).unwrap();
    let yes = answer(1, at("10:51:30"), Answer::Yes, ConsentTerm::Overtime { cap_units: 1 });
    let unagreed = Delivered { id: fact(2), item: "p1".into(), at: at("11:00:00"), what: part("1", 480) };
    let consents = Consents::new(vec![yes]).unwrap();
    let job = JobRecord::new(&visits, consents, vec![unagreed], vec![], ChargePolicy::default()).unwrap();
    let got = price_job(&job);
    assert!(
        got.lines[0].says.text_ja.ends_with("事前の同意: 11/22 10:51:30。C-08"),
        "{}",
        got.lines[0].says.text_ja
    );
    assert!(
        got.lines[0].says.text_en.ends_with("Prior consent: 11/22 10:51:30. C-08"),
        "{}",
        got.lines[0].says.text_en
    );
    assert!(got.lines[1].says.text_ja.ends_with("始まる前の同意がない1回は請求しません = 0円。C-20"));
    assert!(got.lines[1].says.text_en.ends_with("1 begun without prior consent: not billed = 0 yen. C-20"));
    assert_eq!(
        got.lines[2].says.text_ja,
        "「止水栓パッキン」 480円(税込)は、提供前にこの金額への同意がないため請求しません = 0円。C-18"
    );
}
