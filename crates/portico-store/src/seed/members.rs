//! The clients and trade partners of a project.

use portico_core::projects::ProjectStatus;

use super::calendar::moment;
use super::chance::{Chance, Seed, Thing};
use super::company::{Company, put_contact_internal};
use super::copy::Moment;
use super::people::{Person, SessionOf, origin_of_client};
use super::project::Site;
use super::size::company_of;
use super::tables::{ClientSettings, Contact, Invitation, Membership};

/// The person who is a project's client of that number; their company is the first that knew them.
pub(super) fn client(seed: &Seed, project: u32, number: u32) -> (Person, (u32, u32)) {
    let origin = origin_of_client(seed, project, number);
    let market = Company::of(seed, company_of(seed, origin.0)).market;
    (Person::of(seed, Thing::ClientIdentity, origin, market, "clients.example"), origin)
}

pub(super) fn put(site: &mut Site<'_>) {
    let mut chance = site.chance(Thing::Client);
    let clients = chance.weighted(&[(45, 1), (43, 2), (12, 3)]);
    for number in 0..clients {
        put_client(site, &mut chance, number);
    }
    let mut chance = site.chance(Thing::Trade);
    for number in 0..site.trades {
        put_trade(site, &mut chance, number);
    }
}

fn put_client(site: &mut Site<'_>, chance: &mut Chance, number: u32) {
    let (person, origin) = client(site.seed, site.index, number);
    let contact_id = site.id(Thing::ClientContact, number);
    site.batch.put(&Contact {
        id: contact_id,
        company_id: site.company.id,
        identity_id: Some(person.id),
        kind: "CLIENT",
        name: person.name.clone().into(),
        email: Some(person.email.clone().into()),
        phone: person.phone.clone().map(Into::into),
        created_at: moment(site.created),
    });
    put_contact_internal(site.batch, chance, site.company.id, contact_id);
    let (relationship, removed) = match number {
        0 => ("PRIMARY_OWNER", 0),
        1 => ("PARTNER", 6),
        _ => ("REPRESENTATIVE", 35),
    };
    let access = if site.status == ProjectStatus::Prospect {
        chance.weighted(&[(50, "NONE"), (30, "EMAIL_ONLY"), (20, "PORTAL")])
    } else {
        chance.weighted(&[(4, "NONE"), (6, "EMAIL_ONLY"), (90, "PORTAL")])
    };
    let access = if site.is_shown_off() { "PORTAL" } else { access };
    let (can_see_status, can_pay) = (chance.percent(96), number == 0 || chance.percent(50));
    let removed_at = chance.percent(removed).then(|| moment(-1));
    site.batch.put(&Membership {
        id: site.id(Thing::Client, number),
        company_id: site.company.id,
        project_id: site.id,
        contact_id,
        identity_id: person.id,
        kind: "CLIENT",
        relationship: Some(relationship),
        is_primary: number == 0,
        can_see_status,
        can_pay,
        access_level: access,
        web_access: false,
        removed_at,
        created_at: moment(site.created),
    });
    if number == 1 {
        site.batch.put(&ClientSettings {
            membership_id: site.id(Thing::Client, number),
            company_id: site.company.id,
            project_id: site.id,
            label: Some("To be called, not written to"),
            instant_alerts: Some(false),
            summary_frequency: Some("WEEKLY"),
        });
    }
    if access == "PORTAL" {
        put_invitation(site, number, removed_at);
    }
    if origin == (site.index, number) {
        let must_work = site.is_shown_off() && number == 0;
        let (seed, thing) = (site.seed, Thing::ClientSession);
        let session = SessionOf { seed, thing, whose: origin, actor: "CLIENT", staff_membership_id: None, must_work };
        person.put(site.batch, site.company.market, site.company.home, site.created, session);
    }
}

/// Whoever has access was invited once.
fn put_invitation(site: &mut Site<'_>, number: u32, ended_at: Option<Moment>) {
    site.batch.put(&Invitation {
        id: site.id(Thing::Invitation, number),
        company_id: site.company.id,
        project_id: site.id,
        membership_id: site.id(Thing::Client, number),
        state: if ended_at.is_some() { "REVOKED" } else { "ACCEPTED" },
        template: "CUSTOMER_INVITATION",
        invited_by: None,
        sent_at: moment(site.created),
        expires_at: moment(site.created),
        accepted_at: Some(moment(site.created)),
        ended_at,
    });
}

/// Most trade partners have no access to the web: they are told by mail.
fn put_trade(site: &mut Site<'_>, chance: &mut Chance, number: u32) {
    let in_company = site.trade_in_company(number);
    let (person, _) = site.company.trade_person(site.seed, in_company);
    let must_work = site.is_shown_off() && number == 0;
    site.batch.put(&Membership {
        id: site.id(Thing::Trade, number),
        company_id: site.company.id,
        project_id: site.id,
        contact_id: site.seed.id(Thing::TradeContact, site.company.index, in_company),
        identity_id: person.id,
        kind: "TRADE",
        relationship: None,
        is_primary: false,
        can_see_status: true,
        can_pay: false,
        access_level: "NONE",
        web_access: chance.percent(45) || must_work,
        removed_at: (chance.percent(8) && !must_work).then(|| moment(-1)),
        created_at: moment((site.created + 14).min(-1)),
    });
}
