use super::*;

fn read(text: &str) -> anyhow::Result<Vec<Cue>> {
    let night: Night = toml::from_str(text)?;
    night.cues(&Roster::shipped()?)
}

fn call(rest: &str) -> String {
    format!(
        r#"
        start = "2026-11-22T20:55:00+09:00"
        [[call]]
        title = "a tap"
        at = "21:00"
        language = "ne"
        phone = "+818055500901"
        resident = "Ram Example"
        categories = ["water"]
        postal_code = "460-0008"
        address = "3-15-27"
        expect = {{ outcome = "completed" }}
        {rest}
        "#
    )
}

#[test]
fn the_shipped_script_can_be_played() {
    let (roster, night) = (Roster::shipped().unwrap(), Night::shipped().unwrap());
    let cues = night.cues(&roster).unwrap();
    assert!(cues.iter().all(|cue| cue.at >= night.start), "nothing happens before the night begins");
    assert!(night.calls.len() >= 40, "{} calls", night.calls.len());
    assert!(roster.firms.len() >= 60, "{} firms", roster.firms.len());
    let technicians: usize = roster.firms.iter().map(|firm| firm.technicians.len()).sum();
    assert!(technicians >= 200, "{technicians} technicians");
}

#[test]
fn the_six_printed_troubles_are_there() {
    let night = Night::shipped().unwrap();
    for code in
        ["W-FAUCET-DRIP", "W-TOILET-TANK", "W-TOILET-CLOG", "W-WASHER-CONNECT", "L-KEY-LOST", "L-KEY-LEFT"]
    {
        assert!(night.calls.iter().any(|call| call.job.as_deref() == Some(code)), "{code}");
    }
}

#[test]
fn clock_times_go_on_after_midnight() {
    let times = Times::of(&"2026-11-22T20:55:00+09:00".parse().unwrap());
    assert_eq!(times.instant("21:05").unwrap().to_rfc3339(), "2026-11-22T12:05:00+00:00");
    assert_eq!(times.instant("21:05:30").unwrap().to_rfc3339(), "2026-11-22T12:05:30+00:00");
    assert_eq!(times.instant("24:10").unwrap().to_rfc3339(), "2026-11-22T15:10:00+00:00");
    for wrong in ["", "21", "21:60", "21:00:60", "72:00", "-1:00", "21:0a"] {
        assert!(times.instant(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn late_reports_are_numbered_as_they_happened() {
    let cues = read(&call(
        r#"step = [
            { at = "21:10", by = "sakae.fujita", fact = { kind = "departure" } },
            { at = "23:00", by = "sakae.fujita", late = [
                { at = "21:50", kind = "work_end" }, { at = "21:20", kind = "arrival" } ] },
        ]"#,
    ))
    .unwrap();
    let numbers = |cue: &Cue| match &cue.deed {
        Deed::Report { facts, .. } => facts.iter().map(|fact| fact["device_seq"].as_i64().unwrap()).collect(),
        _ => vec![],
    };
    assert_eq!(numbers(&cues[1]), [1]);
    assert_eq!(numbers(&cues[2]), [3, 2]);
}

#[test]
fn what_cannot_be_played_names_its_call_and_step() {
    for (step, said) in [
        (r#"{ at = "21:01" }"#, "one thing"),
        (r#"{ at = "21:01", by = "sakae.fujita", decline = "busy", withdraw = "busy" }"#, "one thing"),
        (r#"{ at = "21:01", decline = "busy" }"#, "by"),
        (r#"{ at = "21:01", by = "nobody.here", decline = "busy" }"#, "nobody.here"),
        (r#"{ at = "20:59", by = "sakae.fujita", decline = "busy" }"#, "before the call"),
        (r#"{ at = "21:01", desk = "dance" }"#, "dance"),
        (r#"{ at = "21:01", by = "sakae.fujita", fact = { work = "work" } }"#, "kind"),
        (r#"{ at = "21:01", by = "sakae.fujita", late = [{ kind = "arrival" }] }"#, "at"),
        (r#"{ at = "21:01", by = "sakae.fujita", fact = { kind = "x", asked_at = "soon" } }"#, "soon"),
    ] {
        let error = format!("{:#}", read(&call(&format!("step = [{step}]"))).unwrap_err());
        let named = error.contains("call 1 (a tap)") && error.contains("the step at 2");
        assert!(named && error.contains(said), "{step}: {error}");
    }
    assert!(read(&call("colour = \"red\"")).is_err(), "an unknown field");
}
