//! Snapshots of each audience's role schema: nothing is shared or hidden by accident.

use std::collections::BTreeSet;

use portico_core::access::{Permission, PermissionSet, Role};
use portico_graphql::Rights;
use portico_testkit::{Shape, TestApp};

use super::matrix::Matrix;
use crate::support::schema::sdl_of;

#[tokio::test]
async fn each_audience_has_its_golden_document() {
    let app = TestApp::demo().await;
    let none = PermissionSet::NONE;
    let audiences = [
        ('P', "public", None, none),
        ('C', "client", Some(Role::Client), none),
        ('T', "trade", Some(Role::Trade), none),
        ('S', "staff without permissions", Some(Role::Staff), none),
        ('V', "staff with COSTS_VIEW alone", Some(Role::Staff), none.with(Permission::CostsView)),
        ('O', "owner", Some(Role::Owner), PermissionSet::all()),
        ('R', "reporting without permissions", Some(Role::Reporting), none),
        ('U', "support", Some(Role::Support), none),
    ];
    let schemas =
        audiences.map(|(letter, _, role, permissions)| (letter, sdl_of(&app, Rights::new(role, permissions))));
    let columns: Vec<_> = audiences.iter().map(|(letter, name, ..)| format!("{letter} {name}")).collect();
    insta::with_settings!({ description => format!("Columns: {}", columns.join(", ")), omit_expression => true }, {
        insta::assert_snapshot!("matrix", Matrix::of(&schemas).text());
    });
    // In full, with the order of its fields.
    insta::with_settings!({ description => "What is there for: client", omit_expression => true }, {
        insta::assert_snapshot!("client", schemas[1].1);
    });
}

#[tokio::test]
async fn document_is_the_same_within_an_audience() {
    let app = TestApp::demo().await;
    for people in [["demo-client", "demo-session-cleo"], ["demo-trade", "demo-session-wren"]] {
        let [one, other] = people.map(portico_testkit::Person::with_token);
        let (one, other) = (app.viewer(&one).await, app.viewer(&other).await);
        assert_eq!(sdl_of(&app, Rights::of(&one)), sdl_of(&app, Rights::of(&other)), "{people:?}");
    }
}

/// A type whose fields need two permissions would leave an inconsistent role schema for staff with one of them.
#[tokio::test]
async fn each_permission_set_has_a_valid_document() {
    let app = TestApp::demo().await;
    for role in [Role::Staff, Role::Reporting] {
        for (index, one) in Permission::ALL.iter().enumerate() {
            for other in &Permission::ALL[index..] {
                let (few, rest) = (PermissionSet::NONE.with(*one).with(*other), |permission: &Permission| {
                    permission != one && permission != other
                });
                let most = PermissionSet::all().iter().filter(rest).collect();
                for permissions in [few, most] {
                    let cut = app.gateway().document(Rights::new(Some(role), permissions));
                    assert!(cut.is_ok(), "{role} with {one} and {other}, or without: {:?}", cut.err());
                }
            }
        }
    }
}

/// The coordinates of fields, arguments and input fields with `password` in their names.
fn passwords(sdl: &str) -> BTreeSet<String> {
    let shape = Shape::of(sdl);
    let mut found = BTreeSet::new();
    for (ty, _) in shape.types() {
        let fields = shape.fields(ty).iter();
        let arguments = fields.clone().flat_map(|field| field.arguments.iter().map(|argument| &argument.name));
        let inputs = shape.inputs(ty).iter().map(|input| &input.name);
        let names = arguments.chain(inputs).chain(fields.map(|field| &field.name));
        let named = names.filter(|name| name.to_lowercase().contains("password"));
        found.extend(named.map(|name| format!("{ty}.{name}")));
    }
    found
}

#[tokio::test]
async fn staff_cannot_set_or_see_passwords() {
    // RULE-10: each coordinate is of the caller's own account, or states whether passwords are offered.
    let app = TestApp::demo().await;
    let of_own_account = [
        "Mutation.passwordSet",
        "Mutation.viewerPasswordChange",
        "PasswordSetInput.password",
        "SignInInput.password",
        "ViewerPasswordChangeInput.currentPassword",
        "ViewerPasswordChangeInput.newPassword",
        "ViewerUpdateInput.currentPassword",
    ];
    let offered = ["CompanyPortal.offersPassword", "CompanyPortalUpdateInput.offersPassword", "SignInMethods.password"];
    let known: BTreeSet<_> = of_own_account.into_iter().chain(offered).map(str::to_owned).collect();
    let owner = passwords(&sdl_of(&app, Rights::new(Some(Role::Owner), PermissionSet::all())));
    assert_eq!(owner, known);
    let others = [
        (Role::Staff, PermissionSet::all()),
        (Role::Reporting, PermissionSet::all()),
        (Role::Support, PermissionSet::NONE),
    ];
    for (role, permissions) in others {
        let found = passwords(&sdl_of(&app, Rights::new(Some(role), permissions)));
        assert!(found.is_subset(&known), "{role}: {found:?}");
    }
}
