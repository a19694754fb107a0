//! Tests of contracts.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::*;

#[test]
fn each_action_is_possible_in_its_states() {
    // STA-11
    use ContractStatus as Is;
    let columns = [Is::Draft, Is::Sent, Is::ClientSigned, Is::Complete, Is::Cancelled, Is::Void];
    assert_eq!(columns, ContractStatus::ALL);
    let no = None;
    let open = |sent, signed| [no, Some(sent), Some(signed), no, no, no];
    let table = [
        (ContractAction::Edit, [Some(Is::Draft), no, no, no, no, no]),
        (ContractAction::Delete, [no; 6]),
        (ContractAction::Send, [Some(Is::Sent), no, no, no, no, no]),
        (ContractAction::SignAsClient, open(Is::ClientSigned, Is::ClientSigned)),
        (ContractAction::SignAsCompany, open(Is::Sent, Is::ClientSigned)),
        (ContractAction::Complete, open(Is::Complete, Is::Complete)),
        (ContractAction::Decline, open(Is::Void, Is::Void)),
        (ContractAction::Void, open(Is::Void, Is::Void)),
        (ContractAction::Cancel, [no, no, no, Some(Is::Cancelled), no, no]),
    ];
    assert_eq!(table.map(|(action, _)| action), ContractAction::ALL);
    for (action, expected) in table {
        assert_eq!(columns.map(|state| state.after(action)), expected, "{action}");
        for (state, after) in columns.into_iter().zip(expected) {
            let is_possible = after.is_some() || (action, state) == (ContractAction::Delete, Is::Draft);
            assert_eq!(action.refused_in(state).is_none(), is_possible, "{action} {state}");
        }
    }
    let refused = ContractAction::Edit.refused_in(Is::Sent);
    assert_eq!(refused.as_deref(), Some("the contract is SENT: only one that is DRAFT can be changed"));
    assert_eq!(columns.map(ContractStatus::is_visible_to_clients), [false, true, true, true, true, true]);
    assert_eq!(columns.map(ContractStatus::is_open), [false, true, true, false, false, false]);
}

#[test]
fn credit_notes_reduce_what_is_billed() {
    // MR-7
    assert_eq!(billed(9_200_000, 9_500_000, 0), Billed { unbilled_minor: 0, overbilled_minor: 300_000 });
    assert_eq!(billed(9_200_000, 9_500_000, 300_000), Billed::default());
    assert_eq!(billed(10_000_000, 9_500_000, 0), Billed { unbilled_minor: 500_000, overbilled_minor: 0 });
}

/// Rules as the installation's data has them; the numbers are examples.
fn rules() -> Vec<CancellationRule> {
    let saturdays = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];
    let holidays =
        json!([{ "on": "2026-07-04", "name": "Independence Day" }, { "on": "2026-12-25", "name": "Christmas Day" }]);
    let business = |region: Option<&str>, from: &str, days: u16| {
        json!({
            "country": "US", "region": region, "from": from, "days": days, "counted": "BUSINESS",
            "businessWeekdays": saturdays, "holidays": holidays,
        })
    };
    let rules = json!([
        business(None, "2020-01-01", 3),
        business(Some("CA"), "2021-01-01", 5),
        business(Some("CA"), "2026-08-01", 7),
        business(None, "2026-09-01", 4),
        { "country": "DE", "from": "2014-06-13", "days": 14, "counted": "CALENDAR", "businessWeekdays": &saturdays[..5],
          "endsOnBusinessDay": true },
        { "country": "NZ", "from": "2014-06-17", "until": "2026-06-30", "days": 5, "counted": "CALENDAR",
          "businessWeekdays": &saturdays[..5] },
        { "country": "GB", "from": "2014-06-13", "days": 0, "counted": "CALENDAR", "businessWeekdays": &saturdays[..5] },
    ]);
    serde_json::from_value(rules).expect("they are rules")
}

#[test]
fn period_of_cancellation_follows_dated_rules() {
    // MR-17, MR-23
    let rules = rules();
    rules.iter().for_each(|rule| rule.check().expect("it is complete"));
    let last = |place: (&str, &str), zone: &str, at: &str| {
        let at: DateTime<Utc> = at.parse().expect("it is a time");
        last_day_to_cancel(&rules, place, zone, at).map(|day| day.map(|day| day.to_string()))
    };
    let on = |text: &str| Ok(Some(text.to_owned()));
    // Signed on Friday, 3 July, at 23:30 in Denver. Independence Day and the Sunday do not count.
    assert_eq!(last(("US", "CO"), "America/Denver", "2026-07-04T05:30:00.000Z"), on("2026-07-08"));
    assert_eq!(last(("US", "CO"), "UTC", "2026-07-04T05:30:00.000Z"), on("2026-07-08"));
    assert_eq!(last(("US", "CO"), "America/Denver", "2026-07-07T05:30:00.000Z"), on("2026-07-09"));
    assert_eq!(last(("US", "ca"), "America/Los_Angeles", "2026-07-06T19:00:00.000Z"), on("2026-07-11"));
    assert_eq!(last(("US", "CA"), "America/Los_Angeles", "2026-08-03T19:00:00.000Z"), on("2026-08-11"));
    // A later rule of the country does not replace that of a region.
    assert_eq!(last(("US", "CO"), "America/Denver", "2026-10-05T19:00:00.000Z"), on("2026-10-09"));
    assert_eq!(last(("US", "CA"), "America/Los_Angeles", "2026-10-05T19:00:00.000Z"), on("2026-10-13"));
    // The fourteenth day is a Saturday.
    assert_eq!(last(("DE", "BE"), "Europe/Berlin", "2026-08-15T10:00:00.000Z"), on("2026-08-31"));
    assert_eq!(last(("NZ", "AKL"), "Pacific/Auckland", "2026-06-30T11:59:59.999Z"), on("2026-07-05"));
    assert_eq!(last(("NZ", "AKL"), "Pacific/Auckland", "2026-06-30T12:00:00.000Z"), Ok(None));
    assert_eq!(last(("GB", "LND"), "Europe/London", "2026-06-30T12:00:00.000Z"), Ok(None));
    assert_eq!(last(("FR", "75"), "Europe/Paris", "2026-06-30T12:00:00.000Z"), Ok(None));
    last(("US", "CO"), "Mars/Olympus", "2026-06-30T12:00:00.000Z").expect_err("it is no time zone");
    last(("US", "CO"), "UTC", "2199-12-31T12:00:00.000Z").expect_err("it is too late");
}

#[test]
fn wrong_rules_are_refused() {
    // MR-17
    let with = |change: fn(&mut CancellationRule)| {
        let mut rule = rules().remove(0);
        change(&mut rule);
        rule.check().map_err(|fault| fault.to_string())
    };
    assert_eq!(with(|_| ()), Ok(()));
    let refused = |text: &str| Err(text.to_owned());
    let country = refused("`us` is not an ISO 3166-1 alpha-2 country code: codes are like US");
    assert_eq!(with(|rule| rule.country = "us".to_owned()), country);
    let dates = refused("the rule ends on 2019-12-31, before it begins on 2020-01-01: correct its dates");
    assert_eq!(with(|rule| rule.until = NaiveDate::from_ymd_opt(2019, 12, 31)), dates);
    let no_day = refused("business days of the rule: the calendar has no working day: choose at least one weekday");
    assert_eq!(with(|rule| rule.business_weekdays.clear()), no_day);
    let unknown = json!({
        "country": "US", "from": "2020-01-01", "days": 3, "counted": "BUSINESS", "businessWeekdays": [], "dayz": 1,
    });
    serde_json::from_value::<CancellationRule>(unknown).expect_err("it has an unknown field");
}
