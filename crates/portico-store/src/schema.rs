//! Tables and views for diesel.
//!
//! Views of a role view have more columns than the tables, derived from other rows (a version's state, an allowance's
//! use). The declarations here are those of the *staff* role view, which has all columns; a test compares this file
//! with the catalog. Tables that actions write are in `base`.

diesel::table! { portal_entrances (host) { host -> Text, company_id -> Uuid, offers_password -> Bool, offers_link -> Bool, lead_form_key -> Nullable<Text>, is_lead_form_open -> Nullable<Bool>, } }
diesel::table! { company_brandings (company_id) { company_id -> Uuid, company_name -> Text, public_phone -> Nullable<Text>, primary_color -> Text, accent_color -> Text, logo_url -> Nullable<Text>, website_url -> Nullable<Text>, } }
diesel::table! { sessions (id) { id -> Uuid, identity_id -> Uuid, actor -> Text, device -> Nullable<Text>, created_at -> Timestamptz, last_seen_at -> Timestamptz, expires_at -> Timestamptz, is_current -> Nullable<Bool>, } }
diesel::table! { notification_settings (identity_id) { identity_id -> Uuid, instant_alerts -> Bool, summary_frequency -> Text, } }
diesel::table! { company_portals (company_id) { company_id -> Uuid, default_features -> Array<Text>, default_schedule_share -> Text, guide_url -> Nullable<Text>, onboarding_video_url -> Nullable<Text>, offers_password -> Bool, offers_link -> Bool, } }
diesel::table! { portal_setups (project_id) { project_id -> Uuid, company_id -> Uuid, has_features -> Bool, has_branding -> Bool, has_help -> Bool, has_guide -> Bool, has_clients -> Bool, } }
diesel::table! { help_articles (id) { id -> Uuid, company_id -> Uuid, project_id -> Nullable<Uuid>, title -> Text, body -> Text, state -> Text, sort -> Int4, version -> Nullable<Int4>, published_at -> Nullable<Timestamptz>, updated_at -> Nullable<Timestamptz>, } }
diesel::table! { portal_help_articles (project_id, id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, title -> Text, body -> Text, state -> Text, sort -> Int4, version -> Nullable<Int4>, published_at -> Nullable<Timestamptz>, updated_at -> Nullable<Timestamptz>, } }
diesel::table! { onboardings (identity_id) { identity_id -> Uuid, company_id -> Uuid, project_id -> Uuid, video_url -> Nullable<Text>, is_pending -> Bool, } }
diesel::table! { generations (project_id) { project_id -> Uuid, company_id -> Uuid, project_generation -> Uuid, company_generation -> Uuid, } }
diesel::table! { projects (id) { id -> Uuid, company_id -> Uuid, number -> Text, name -> Text, address_line -> Text, city -> Text, region -> Text, postal_code -> Text, country -> Text, status -> Text, stage -> Text, time_zone -> Text, currency -> Text, contract_total_minor -> Nullable<Int8>, started_on -> Nullable<Date>, version -> Int4, search_text -> Text, } }
diesel::table! { project_internals (project_id) { project_id -> Uuid, company_id -> Uuid, budget_minor -> Nullable<Int8>, target_margin -> Nullable<Numeric>, internal_status -> Nullable<Text>, risk_notes -> Nullable<Text>, lead_source -> Nullable<Text>, } }
diesel::table! { project_portals (project_id) { project_id -> Uuid, company_id -> Uuid, features -> Array<Text>, schedule_share -> Nullable<Text>, guide_url -> Nullable<Text>, own_guide_url -> Nullable<Text>, } }
diesel::table! { locations (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, name -> Text, sort -> Int4, } }
diesel::table! { project_clients (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, name -> Text, relationship -> Text, is_primary -> Bool, } }
diesel::table! { project_client_internals (membership_id) { membership_id -> Uuid, company_id -> Uuid, project_id -> Uuid, contact_id -> Uuid, can_see_status -> Bool, can_pay -> Bool, invitation_id -> Nullable<Uuid>, invitation_state -> Nullable<Text>, invitation_sent_at -> Nullable<Timestamptz>, invitation_expires_at -> Nullable<Timestamptz>, label -> Nullable<Text>, instant_alerts -> Nullable<Bool>, summary_frequency -> Nullable<Text>, access_level -> Text, } }
diesel::table! { project_trades (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, contact_id -> Uuid, name -> Text, web_access -> Bool, invitation_id -> Nullable<Uuid>, invitation_state -> Nullable<Text>, invitation_sent_at -> Nullable<Timestamptz>, invitation_expires_at -> Nullable<Timestamptz>, } }
diesel::table! { contact_memberships (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, contact_id -> Uuid, kind -> Text, invitation_id -> Nullable<Uuid>, invitation_state -> Nullable<Text>, invitation_sent_at -> Nullable<Timestamptz>, invitation_expires_at -> Nullable<Timestamptz>, } }
diesel::table! { invitations (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, contact_id -> Uuid, name -> Text, state -> Text, sent_at -> Timestamptz, expires_at -> Timestamptz, accepted_at -> Nullable<Timestamptz>, ended_at -> Nullable<Timestamptz>, } }
diesel::table! { team_members (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, staff_membership_id -> Nullable<Uuid>, name -> Text, title -> Text, work_phone -> Nullable<Text>, photo_url -> Nullable<Text>, is_shown -> Bool, sort -> Int4, } }
diesel::table! { team_member_internals (team_member_id) { team_member_id -> Uuid, company_id -> Uuid, project_id -> Uuid, pay_rate_minor -> Nullable<Int8>, private_phone -> Nullable<Text>, currency -> Text, } }
diesel::table! { schedule_versions (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, state -> Text, number -> Nullable<Int4>, published_at -> Nullable<Timestamptz>, created_at -> Nullable<Timestamptz>, schedule_share -> Nullable<Text>, } }
diesel::table! { schedule_version_internals (version_id) { version_id -> Uuid, company_id -> Uuid, project_id -> Uuid, publish_notes -> Nullable<Text>, } }
diesel::table! { milestones (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, version_id -> Uuid, version_state -> Text, name -> Text, sort -> Int4, status -> Text, percent_complete -> Nullable<Int4>, anticipated_finish_on -> Nullable<Date>, } }
diesel::table! { milestone_internals (milestone_id) { milestone_id -> Uuid, company_id -> Uuid, project_id -> Uuid, internal_target_on -> Nullable<Date>, } }
diesel::table! { tasks (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, version_id -> Uuid, version_state -> Text, milestone_id -> Nullable<Uuid>, name -> Text, start_on -> Date, finish_on -> Date, work_days -> Int4, percent_complete -> Int4, client_viewable -> Nullable<Bool>, sort -> Int4, version -> Int4, } }
diesel::table! { task_internals (task_id) { task_id -> Uuid, company_id -> Uuid, project_id -> Uuid, private_notes -> Nullable<Text>, cost_code -> Nullable<Text>, labor_hours -> Nullable<Numeric>, internal_deadline_on -> Nullable<Date>, buffer_days -> Nullable<Int4>, } }
diesel::table! { task_briefs (task_id) { task_id -> Uuid, company_id -> Uuid, project_id -> Uuid, public_notes -> Text, } }
diesel::table! { task_assignees (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, task_id -> Uuid, kind -> Text, name -> Text, } }
diesel::table! { task_dependencies (task_id, predecessor_id) { task_id -> Uuid, predecessor_id -> Uuid, company_id -> Uuid, project_id -> Uuid, kind -> Text, lag_days -> Int4, } }
diesel::table! { selections (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, location_id -> Nullable<Uuid>, allowance_id -> Nullable<Uuid>, number -> Nullable<Int4>, title -> Text, instructions -> Nullable<Text>, status -> Text, due_on -> Nullable<Date>, chosen_option_id -> Nullable<Uuid>, locked_at -> Nullable<Timestamptz>, version -> Int4, } }
diesel::table! { selection_internals (selection_id) { selection_id -> Uuid, company_id -> Uuid, project_id -> Uuid, original_budget_minor -> Nullable<Int8>, revised_budget_minor -> Nullable<Int8>, } }
diesel::table! { selection_trade_infos (selection_id) { selection_id -> Uuid, company_id -> Uuid, project_id -> Uuid, trade_info -> Text, } }
diesel::table! { selection_options (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, selection_id -> Uuid, selection_status -> Text, title -> Text, description -> Nullable<Text>, price_minor -> Nullable<Int8>, price_delta_minor -> Nullable<Int8>, is_standard -> Bool, lead_time_days -> Nullable<Int4>, sort -> Int4, version -> Int4, } }
diesel::table! { selection_option_costs (option_id) { option_id -> Uuid, company_id -> Uuid, project_id -> Uuid, unit_cost_minor -> Int8, vendor -> Nullable<Text>, vendor_sku -> Nullable<Text>, } }
diesel::table! { allowances (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, name -> Text, granted_minor -> Int8, used_minor -> Int8, material_only -> Bool, sort -> Int4, version -> Int4, } }
diesel::table! { allowance_costs (allowance_id) { allowance_id -> Uuid, company_id -> Uuid, project_id -> Uuid, cost_basis_minor -> Nullable<Int8>, buffer_percent -> Nullable<Numeric>, } }
diesel::table! { internal_notes (id) { id -> Uuid, company_id -> Uuid, project_id -> Uuid, subject_kind -> Text, subject_id -> Uuid, body -> Text, created_at -> Timestamptz, author_name -> Text, } }
diesel::table! { mail_deliveries (id) { id -> Uuid, company_id -> Uuid, subject_id -> Uuid, state -> Text, attempts -> Int4, last_attempt_at -> Nullable<Timestamptz>, next_attempt_at -> Timestamptz, created_at -> Timestamptz, reply_code -> Nullable<Text>, is_to_staff -> Bool, } }
diesel::table! { email_templates (company_id, key) { company_id -> Uuid, key -> Text, body -> Nullable<Text>, version -> Int4, updated_at -> Timestamptz, } }
diesel::table! { api_keys (id) { id -> Uuid, company_id -> Uuid, name -> Text, permissions -> Array<Text>, project_ids -> Nullable<Array<Uuid>>, created_at -> Timestamptz, expires_at -> Timestamptz, last_used_at -> Nullable<Timestamptz>, is_revoked -> Bool, creator_id -> Uuid, creator_name -> Text, } }
diesel::table! { explained_rules (membership_id, view_name, record_id) { membership_id -> Uuid, company_id -> Uuid, project_id -> Uuid, audience -> Text, view_name -> Text, record_id -> Uuid, section -> Nullable<Text>, rules -> Array<Text>, holds -> Array<Bool>, } }
diesel::table! { previewed_records (view_name, record_id, is_after) { company_id -> Uuid, project_id -> Uuid, view_name -> Text, record_id -> Uuid, title -> Nullable<Text>, is_after -> Bool, is_visible -> Bool, } }
diesel::table! { companies (id) { id -> Uuid, slug -> Text, region -> Text, portal_host -> Nullable<Text>, version -> Int4, } }
diesel::table! { staff_members (id) { id -> Uuid, company_id -> Uuid, name -> Text, email -> Text, role -> Text, title -> Text, permissions -> Array<Text>, created_at -> Timestamptz, removed_at -> Nullable<Timestamptz>, is_invited -> Bool, sent_at -> Nullable<Timestamptz>, expires_at -> Nullable<Timestamptz>, accepted_at -> Nullable<Timestamptz>, invitation_id -> Nullable<Uuid>, } }
diesel::table! { contacts (id) { id -> Uuid, company_id -> Uuid, kind -> Text, name -> Text, email -> Nullable<Text>, phone -> Nullable<Text>, created_at -> Timestamptz, is_user_managed -> Bool, search_text -> Text, } }
diesel::table! { contact_internals (contact_id) { contact_id -> Uuid, company_id -> Uuid, internal_notes -> Nullable<Text>, lead_score -> Nullable<Int4>, } }
diesel::table! { leads (id) { id -> Uuid, company_id -> Uuid, contact_id -> Uuid, state -> Text, source -> Text, message -> Nullable<Text>, interest -> Nullable<Text>, project_id -> Nullable<Uuid>, created_at -> Timestamptz, updated_at -> Timestamptz, version -> Int4, name -> Text, email -> Nullable<Text>, phone -> Nullable<Text>, search_text -> Text, } }
diesel::table! { lead_forms (company_id) { company_id -> Uuid, key -> Text, is_open -> Bool, allowed_origins -> Array<Text>, } }

/// Views for sign-in, read by the login `portico_auth`.
pub(crate) mod auth {
    diesel::table! { bearers (token_hash) { token_hash -> Text, role -> Text, subject_id -> Uuid, name -> Text, email -> Nullable<Text>, phone -> Nullable<Text>, locale -> Text, time_zone -> Text, company_id -> Nullable<Uuid>, permissions -> Array<Text>, listed_projects -> Nullable<Array<Uuid>>, membership_ids -> Array<Uuid>, project_ids -> Array<Uuid>, company_ids -> Array<Uuid>, can_see_status -> Array<Bool>, can_pay -> Array<Bool>, invited_projects -> Array<Uuid>, project_generations -> Array<Uuid>, company_generations -> Array<Uuid>, staff_generation -> Nullable<Uuid>, epoch -> Nullable<Uuid>, expires_at -> Timestamptz, is_long_ago -> Bool, } }
    diesel::table! { outsiders (token_hash) { token_hash -> Text, role -> Text, subject_id -> Uuid, name -> Text, email -> Nullable<Text>, phone -> Nullable<Text>, locale -> Text, time_zone -> Text, company_id -> Nullable<Uuid>, permissions -> Array<Text>, listed_projects -> Nullable<Array<Uuid>>, membership_ids -> Array<Uuid>, project_ids -> Array<Uuid>, company_ids -> Array<Uuid>, can_see_status -> Array<Bool>, can_pay -> Array<Bool>, invited_projects -> Array<Uuid>, project_generations -> Array<Uuid>, company_generations -> Array<Uuid>, staff_generation -> Nullable<Uuid>, epoch -> Nullable<Uuid>, expires_at -> Timestamptz, is_long_ago -> Bool, } }
}

/// Further views for support agents, read by the login `portico_support`.
pub(crate) mod support {
    diesel::table! { accounts (id) { id -> Uuid, email -> Text, name -> Text, phone -> Nullable<Text>, locale -> Text, time_zone -> Text, is_user_managed -> Bool, open_until -> Timestamptz, } }
    diesel::table! { support_notes (id) { id -> Uuid, account_id -> Uuid, at -> Timestamptz, note -> Text, changed -> Array<Text>, verified_by -> Text, } }
}

/// Tables that actions write, as the login `portico_writer`. They are registered in `tables.rs`.
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
        leads,
        lead_forms,
        credentials,
        jobs,
        email_templates,
        support_agents,
        team_members
    );
}
