//! A company created like the command does, and its first owner.

use std::sync::Arc;

use portico_actions::company::{CompanyCreate, CompanyCreated};
use portico_core::access::Viewer;
use portico_testkit::{Person, TestApp};

use super::accounts::{consume, mailed_token};

pub(crate) fn larch(region: &str) -> CompanyCreate {
    CompanyCreate {
        slug: "larch".to_owned(),
        name: "Larch Homes".to_owned(),
        region: region.to_owned(),
        owner_email: "rua@larch.example".to_owned(),
        owner_name: Some("Rua Tane".to_owned()),
    }
}

/// Creates a company like the command, or returns the error.
pub(crate) async fn create(app: &TestApp, company: CompanyCreate) -> Result<CompanyCreated, String> {
    let actor = app.actor(Arc::new(Viewer::public()));
    let created = company.run(&app.operator(), &actor.installation.hosts, actor.now).await;
    created.map_err(|error| error.to_string())
}

/// Signs the first owner in with the newest invitation.
pub(crate) async fn first_owner(app: &TestApp) -> Person {
    let entered = consume(app, &mailed_token(app, "rua@larch.example").await, None).await;
    Person::with_token(entered["token"].as_str().unwrap_or_else(|| panic!("{entered}")))
}
