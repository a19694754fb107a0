//! Tests of proposals.

use super::*;

#[test]
fn each_action_is_possible_in_its_states() {
    // STA-9
    use ProposalStatus as Is;
    let columns =
        [Is::Draft, Is::Sent, Is::Viewed, Is::Accepted, Is::Declined, Is::Expired, Is::Withdrawn, Is::Superseded];
    assert_eq!(columns, ProposalStatus::ALL);
    let no = None;
    let open = |to: ProposalStatus| [no, Some(to), Some(to), no, no, no, no, no];
    let table = [
        (ProposalAction::Edit, [Some(Is::Draft), no, no, no, no, no, no, no]),
        (ProposalAction::Delete, [no; 8]),
        (ProposalAction::Send, [Some(Is::Sent), no, no, no, no, no, no, no]),
        (ProposalAction::View, open(Is::Viewed)),
        (ProposalAction::Accept, open(Is::Accepted)),
        (ProposalAction::Decline, open(Is::Declined)),
        (ProposalAction::Expire, open(Is::Expired)),
        (ProposalAction::Withdraw, open(Is::Withdrawn)),
        (
            ProposalAction::Revise,
            [
                no,
                Some(Is::Sent),
                Some(Is::Viewed),
                Some(Is::Accepted),
                Some(Is::Declined),
                Some(Is::Expired),
                Some(Is::Withdrawn),
                no,
            ],
        ),
        (ProposalAction::Supersede, [no, no, no, Some(Is::Superseded), no, no, no, no]),
        (ProposalAction::Reassign, [Some(Is::Draft), Some(Is::Sent), Some(Is::Sent), no, no, no, no, no]),
    ];
    assert_eq!(table.map(|(action, _)| action), ProposalAction::ALL);
    for (action, expected) in table {
        assert_eq!(columns.map(|state| state.after(action)), expected, "{action}");
        for (state, after) in columns.into_iter().zip(expected) {
            let is_possible = after.is_some() || (action, state) == (ProposalAction::Delete, Is::Draft);
            assert_eq!(action.refused_in(state).is_none(), is_possible, "{action} {state}");
        }
    }
    let refused = ProposalAction::Accept.refused_in(Is::Withdrawn);
    assert_eq!(refused.as_deref(), Some("the proposal is WITHDRAWN: only one that is SENT or VIEWED can be accepted"));
    let seen = columns.map(ProposalStatus::is_visible_to_clients);
    assert_eq!(seen, [false, true, true, true, true, true, false, true]);
    assert_eq!(columns.map(ProposalStatus::is_open), [false, true, true, false, false, false, false, false]);
    assert_eq!(columns.map(ProposalStatus::is_in_contract), [false, false, false, true, false, false, false, false]);
}

#[test]
fn acceptance_of_a_version_replaces_the_earlier_one() {
    // MR-7
    let of = |net_minor, tax_minor| Amounts { net_minor, tax_minor };
    assert_eq!(contract_change(of(10_000, 825), None), of(10_000, 825));
    assert_eq!(contract_change(of(9_000, 743), Some(of(10_000, 825))), of(-1_000, -82));
}

#[test]
fn reports_have_their_orders() {
    // PRP-3, PRP-5, PRP-6, PRP-7, PRP-8
    let of = |proposal, location, reference, position| ReportItem { proposal, location, reference, position };
    let (kitchen, bath) = (Some((1, "Kitchen")), Some((2, "Bath")));
    // Named by their place here.
    let items = [
        of(2, kitchen, Some("A-10"), 1),
        of(1, bath, Some("A-2"), 1),
        of(1, kitchen, Some("b-1"), 2),
        of(1, None, Some("A-1"), 3),
        of(2, bath, None, 2),
        of(2, kitchen, Some("A-2"), 3),
        of(1, kitchen, Some("A-02"), 4),
        of(1, kitchen, Some("B-1"), 5),
    ];
    let order = |kind: StatusReportKind| {
        let mut places: Vec<usize> = (0..items.len()).collect();
        places.sort_by(|one, other| kind.compare(&items[*one], &items[*other]));
        places
    };
    let table = [
        (StatusReportKind::Proposals, [6, 2, 7, 1, 3, 5, 0, 4]),
        (StatusReportKind::Locations, [6, 5, 0, 2, 7, 1, 4, 3]),
        (StatusReportKind::Items, [3, 1, 6, 5, 0, 2, 7, 4]),
        (StatusReportKind::AllDetails, [6, 5, 0, 2, 7, 1, 4, 3]),
    ];
    assert_eq!(table.map(|(kind, _)| kind), StatusReportKind::ALL);
    for (kind, expected) in table {
        assert_eq!(order(kind), expected, "{kind}");
    }
    let kinds = StatusReportKind::ALL.iter().filter(|kind| kind.has_postings());
    assert_eq!(kinds.copied().collect::<Vec<_>>(), [StatusReportKind::AllDetails]);
}

#[test]
fn references_are_ordered_as_people_count() {
    // PRP-7
    let sorted =
        ["", "1", "2", "2a", "02b", "10", "A", "a1", "A1.2", "A1.10", "A2", "A10", "A99999999999999999999", "Ä1"];
    for (position, one) in sorted.iter().enumerate() {
        for (other_position, other) in sorted.iter().enumerate() {
            let of = |reference| ReportItem { proposal: 1, location: None, reference: Some(reference), position: 1 };
            let found = StatusReportKind::Items.compare(&of(one), &of(other));
            assert_eq!(found, position.cmp(&other_position), "{one:?} {other:?}");
        }
    }
}
