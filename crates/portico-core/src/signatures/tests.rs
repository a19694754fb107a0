//! Tests of signatures, among them random orders of signers.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::*;
use crate::clock::date_in;
use crate::contracts::{ContractAction, ContractStatus};

const TEXT: &str = "2026-11";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("it is a time")
}

fn slot(party: SignerParty, assigned: Option<IdentityId>) -> Slot {
    Slot { party, assigned, signature: None }
}

fn consent() -> Vec<Consent> {
    vec![Consent { version: TEXT.to_owned(), given_at: at("2026-11-01T00:00:00Z"), withdrawn_at: None }]
}

fn signer(identity: IdentityId, party: SignerParty, consents: &[Consent]) -> Signer<'_> {
    Signer { identity, party, has_right: true, consents }
}

#[test]
fn documents_name_their_signers() {
    // MR-23
    let [ana, ben, sam] = [(); 3].map(|()| IdentityId::generate());
    let client = |person| slot(SignerParty::Client, Some(person));
    let company = |person| slot(SignerParty::Company, person);
    let of = |slots: &[Slot]| Signing::new(SigningOrder::InOrder, slots.to_vec()).map(|_| ());
    assert_eq!(of(&[client(ana), client(ben), company(None)]), Ok(()));
    assert_eq!(of(&[company(Some(sam)), client(ana)]), Ok(()));
    assert_eq!(of(&[company(None)]), Err(SignersFault::NoClient));
    assert_eq!(of(&[client(ana)]), Err(SignersFault::CompanyNotOnce));
    assert_eq!(of(&[client(ana), company(None), company(Some(sam))]), Err(SignersFault::CompanyNotOnce));
    assert_eq!(of(&[slot(SignerParty::Client, None), company(None)]), Err(SignersFault::Unassigned(0)));
    assert_eq!(of(&[client(ana), client(ana), company(None)]), Err(SignersFault::Twice(1)));
    assert_eq!(of(&[client(ana), company(Some(ana))]), Err(SignersFault::Twice(1)), "one person signs once");
    let mut many: Vec<_> = (0..MAX_SIGNERS).map(|_| client(IdentityId::generate())).collect();
    many.push(company(None));
    assert_eq!(of(&many), Err(SignersFault::TooMany));
}

#[test]
fn signers_sign_once_in_their_order() {
    // MR-23, EXP-4
    let [ana, ben, sam, eve] = [(); 4].map(|()| IdentityId::generate());
    let slots = vec![
        slot(SignerParty::Client, Some(ana)),
        slot(SignerParty::Client, Some(ben)),
        slot(SignerParty::Company, None),
    ];
    let mut signing = Signing::new(SigningOrder::InOrder, slots.clone()).expect("they are signers");
    let consents = consent();
    let client = |person| signer(person, SignerParty::Client, &consents);
    let staff = |person| signer(person, SignerParty::Company, &[]);
    let now = at("2026-11-28T10:00:00Z");
    assert_eq!(signing.expected(), [0]);
    assert_eq!(signing.may_sign(&client(eve), TEXT), Err(SignRefusal::NotASigner));
    assert_eq!(signing.may_sign(&client(ben), TEXT), Err(SignRefusal::NotYourTurn));
    assert_eq!(signing.may_sign(&staff(sam), TEXT), Err(SignRefusal::NotYourTurn));
    assert_eq!(
        signing.may_sign(&staff(ana), TEXT),
        Err(SignRefusal::NotASigner),
        "a client never signs for the company"
    );
    let without_right = Signer { has_right: false, ..client(ana) };
    assert_eq!(signing.may_sign(&without_right, TEXT), Err(SignRefusal::NoRight));
    assert_eq!(signing.sign(&client(ana), TEXT, now), Ok(0));
    assert_eq!((signing.expected(), signing.clients(), signing.counts_from()), (vec![1], (1, 2), None));
    assert_eq!(signing.may_sign(&client(ana), TEXT), Err(SignRefusal::AlreadySigned));
    assert_eq!(signing.may_decline(&client(ana)), Err(SignRefusal::AlreadySigned), "a signer cannot decline");
    assert_eq!(signing.may_decline(&client(ben)), Ok(()));
    assert_eq!(signing.may_decline(&client(eve)), Err(SignRefusal::NotASigner));
    assert_eq!(signing.may_decline(&staff(sam)), Err(SignRefusal::NotASigner), "the company withdraws it");
    assert_eq!(signing.may_decline(&Signer { has_right: false, ..client(ben) }), Err(SignRefusal::NoRight));
    assert_eq!(signing.sign(&client(ben), TEXT, now + TimeDelta::hours(1)), Ok(1));
    assert_eq!(signing.sign(&staff(sam), TEXT, now + TimeDelta::hours(2)), Ok(2));
    assert_eq!(signing.may_sign(&staff(eve), TEXT), Err(SignRefusal::Complete));
    assert_eq!(signing.may_sign(&staff(sam), TEXT), Err(SignRefusal::AlreadySigned));
    assert_eq!(signing.may_sign(&client(sam), TEXT), Err(SignRefusal::AlreadySigned), "also not for the other party");
    assert!(signing.is_complete() && signing.expected().is_empty());
    assert_eq!(signing.counts_from(), Some(now + TimeDelta::hours(2)), "it counts from the last");
    let at_once = Signing::new(SigningOrder::AtOnce, slots).expect("they are signers");
    assert_eq!(at_once.expected(), [0, 1, 2]);
    assert_eq!(at_once.may_sign(&staff(sam), TEXT), Ok(2));
}

#[test]
fn consent_is_versioned_and_can_be_withdrawn() {
    // MR-23, EXP-4
    let ana = IdentityId::generate();
    let slots = vec![slot(SignerParty::Client, Some(ana)), slot(SignerParty::Company, None)];
    let signing = Signing::new(SigningOrder::AtOnce, slots).expect("they are signers");
    let given = consent();
    let sign = |consents: &[Consent], version| signing.may_sign(&signer(ana, SignerParty::Client, consents), version);
    assert_eq!(sign(&given, TEXT), Ok(0));
    assert_eq!(sign(&[], TEXT), Err(SignRefusal::ConsentRequired));
    assert_eq!(sign(&given, "2027-01"), Err(SignRefusal::ConsentRequired), "the text has changed");
    let withdrawn = vec![Consent { withdrawn_at: Some(at("2026-11-20T00:00:00Z")), ..given[0].clone() }];
    assert_eq!(sign(&withdrawn, TEXT), Err(SignRefusal::ConsentRequired));
    assert_eq!(sign(&[withdrawn[0].clone(), given[0].clone()], TEXT), Ok(0), "it was given once more");
    assert_eq!(signing.may_decline(&signer(ana, SignerParty::Client, &[])), Ok(()), "declining needs no consent");
}

#[test]
fn document_has_the_date_of_the_project() {
    // MR-23
    let signed = at("2026-07-04T05:30:00.000Z");
    assert_eq!(date_in("America/Denver", signed), NaiveDate::from_ymd_opt(2026, 7, 3));
}

#[test]
fn random_attempts_complete_a_document_once() {
    // MR-23, STA-11
    for seed in 0..2_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let people: Vec<_> = (0..random.usize(1..5)).map(|_| IdentityId::generate()).collect();
        let staff: Vec<_> = (0..2).map(|_| IdentityId::generate()).collect();
        let named = random.bool().then(|| staff[0]);
        let mut slots: Vec<_> = people.iter().map(|person| slot(SignerParty::Client, Some(*person))).collect();
        slots.insert(random.usize(0..=people.len()), slot(SignerParty::Company, named));
        let order = if random.bool() { SigningOrder::InOrder } else { SigningOrder::AtOnce };
        let mut signing = Signing::new(order, slots.clone()).expect("they are signers");
        let consents = consent();
        let (mut status, mut signed, mut now) = (ContractStatus::Sent, Vec::new(), at("2026-11-28T10:00:00Z"));
        let mut attempts = 0;
        while status.is_open() {
            attempts += 1;
            assert!(attempts < 10_000, "seed {seed}");
            now += TimeDelta::seconds(1);
            let everyone: Vec<_> = people.iter().chain(&staff).copied().collect();
            let who = everyone[random.usize(0..everyone.len())];
            let party = if random.bool() { SignerParty::Client } else { SignerParty::Company };
            let Ok(position) = signing.sign(&signer(who, party, &consents), TEXT, now) else { continue };
            assert!(!signed.contains(&who), "seed {seed}: a person signed twice");
            assert_eq!(slots[position].party, party, "seed {seed}");
            assert!(slots[position].assigned.is_none_or(|assigned| assigned == who), "seed {seed}");
            assert!(order == SigningOrder::AtOnce || position == signed.len(), "seed {seed}");
            assert_eq!(people.contains(&who), party == SignerParty::Client, "seed {seed}");
            signed.push(who);
            status = status.after(ContractAction::of_signature(party, &signing)).expect("it is possible");
            let clients = signed.iter().filter(|who| people.contains(who)).count();
            assert_eq!(signing.clients(), (clients, people.len()), "seed {seed}");
            let expected = match (signed.len() == slots.len(), clients) {
                (true, _) => ContractStatus::Complete,
                (false, 0) => ContractStatus::Sent,
                (false, _) => ContractStatus::ClientSigned,
            };
            assert_eq!(status, expected, "seed {seed}");
        }
        assert_eq!((signed.len(), signing.counts_from()), (slots.len(), Some(now)), "seed {seed}");
    }
}
