//! Tables of diesel that have no row struct of their own.
//!
//! Rows of role views declare their tables themselves (`#[role_view]`); tables that actions write are in `base`. A test compares
//! all of them with the catalog.

diesel::table! { portal_help_articles (project_id, id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, title -> Text, body -> Text, state -> Text, sort -> Int4, version -> Nullable<Int4>, published_at -> Nullable<Timestamptz>, updated_at -> Nullable<Timestamptz>, } }
diesel::table! { generations (project_id) { project_id -> Uuid, company_id -> Uuid, project_generation -> Uuid, company_generation -> Uuid, } }
diesel::table! { previewed_records (view_name, record_id, is_after) { company_id -> Uuid, project_id -> Uuid, view_name -> Text, record_id -> Uuid, title -> Nullable<Text>, is_after -> Bool, is_visible -> Bool, } }

/// Views for sign-in, read by the login `portico_auth`.
pub(crate) mod auth {
    diesel::table! { applied_migrations (name) { name -> Text, digest -> Nullable<Text>, } }
    diesel::table! { calendar_feeds (id) { id -> Uuid, nonce -> Text, role -> Text, identity_id -> Uuid, name -> Text, locale -> Text, time_zone -> Text, company_id -> Uuid, project_id -> Uuid, membership_id -> Uuid, } }
    diesel::table! { bearers (token_hash) { token_hash -> Text, role -> Text, subject_id -> Uuid, name -> Text, email -> Nullable<Text>, phone -> Nullable<Text>, locale -> Text, time_zone -> Text, company_id -> Nullable<Uuid>, permissions -> Array<Text>, listed_projects -> Nullable<Array<Uuid>>, membership_ids -> Array<Uuid>, project_ids -> Array<Uuid>, company_ids -> Array<Uuid>, can_see_status -> Array<Bool>, can_pay -> Array<Bool>, can_approve -> Array<Bool>, is_primary -> Array<Bool>, invited_projects -> Array<Uuid>, project_generations -> Array<Uuid>, company_generations -> Array<Uuid>, staff_generation -> Nullable<Uuid>, epoch -> Nullable<Uuid>, expires_at -> Timestamptz, is_long_ago -> Bool, viewed_by -> Nullable<Uuid>, viewed_by_role -> Nullable<Text>, } }
    diesel::table! { outsiders (token_hash) { token_hash -> Text, role -> Text, subject_id -> Uuid, name -> Text, email -> Nullable<Text>, phone -> Nullable<Text>, locale -> Text, time_zone -> Text, company_id -> Nullable<Uuid>, permissions -> Array<Text>, listed_projects -> Nullable<Array<Uuid>>, membership_ids -> Array<Uuid>, project_ids -> Array<Uuid>, company_ids -> Array<Uuid>, can_see_status -> Array<Bool>, can_pay -> Array<Bool>, can_approve -> Array<Bool>, is_primary -> Array<Bool>, invited_projects -> Array<Uuid>, project_generations -> Array<Uuid>, company_generations -> Array<Uuid>, staff_generation -> Nullable<Uuid>, epoch -> Nullable<Uuid>, expires_at -> Timestamptz, is_long_ago -> Bool, viewed_by -> Nullable<Uuid>, viewed_by_role -> Nullable<Text>, } }
}

/// What actions of a company may know of other companies, read by the login `portico_writer`.
pub(crate) mod writing {
    diesel::table! { writing.invited_people (identity_id, company_id) { identity_id -> Uuid, company_id -> Uuid, state -> Text, expires_at -> Timestamptz, } }
}

/// Tables that actions write. They are registered in `tables.rs`.
pub(crate) mod base {
    pub(crate) use crate::tables::base::*;

    diesel::joinable!(staff_memberships -> companies (company_id));
    diesel::joinable!(staff_memberships -> identities (identity_id));
    diesel::joinable!(sessions -> identities (identity_id));
    diesel::joinable!(credentials -> identities (identity_id));
    diesel::joinable!(sessions -> staff_memberships (staff_membership_id));
    diesel::allow_tables_to_appear_in_same_query!(
        companies,
        company_brandings,
        identities,
        staff_memberships,
        staff_invitations,
        sessions,
        project_memberships,
        contacts,
        invitations,
        projects,
        sign_in_links,
        sign_in_codes,
        leads,
        lead_forms,
        credentials,
        jobs,
        email_templates,
        support_agents,
        team_members
    );
}
