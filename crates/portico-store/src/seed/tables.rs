//! Every table of the business, with every column, each table after those to which it refers.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::copy::{Cell, Moment, Row, Table, Text};

/// Makes a row type of each table, whose fields are its columns.
macro_rules! tables {
    ($($row:ident = $table:literal { $($column:ident: $type:ty,)+ })+) => {
        enum Place { $($row),+ }

        /// The tables, in the order in which they can be filled.
        pub(super) const TABLES: &[Table] =
            &[$(Table { name: $table, columns: &[$(stringify!($column)),+] }),+];

        $(
            pub(super) struct $row {
                $(pub(super) $column: $type,)+
            }

            impl Row for $row {
                const TABLE: usize = Place::$row as usize;

                fn write(&self, out: &mut Vec<u8>) {
                    $(
                        self.$column.write(out);
                        out.push(b'\t');
                    )+
                }
            }
        )+
    };
}

tables! {
    Company = "companies" {
        id: Uuid, slug: Text, name: Text, region: &'static str, portal_host: Text, public_phone: Option<Text>,
        created_at: Moment, version: i32,
    }
    Branding = "company_brandings" {
        company_id: Uuid, primary_color: Text, accent_color: Text, logo_url: Option<Text>, website_url: Option<Text>,
    }
    CompanyPortal = "company_portals" {
        company_id: Uuid, default_features: Vec<&'static str>, default_schedule_share: &'static str,
        guide_url: Option<Text>, onboarding_video_url: Option<Text>, offers_password: bool, offers_link: bool,
    }
    HelpArticle = "help_articles" {
        id: Uuid, company_id: Uuid, title: &'static str, body: &'static str, sort: u32, state: &'static str, version: i32,
        published_at: Option<Moment>, created_at: Moment, updated_at: Moment,
    }
    EmailTemplate = "email_templates" {
        company_id: Uuid, key: &'static str, body: &'static str, version: i32, updated_at: Moment,
    }
    LeadForm = "lead_forms" {
        company_id: Uuid, key: Text, is_open: bool, allowed_origins: Vec<&'static str>, created_at: Moment,
    }
    Identity = "identities" {
        id: Uuid, email: Text, email_canonical: Text, name: Text, phone: Option<Text>, locale: &'static str,
        time_zone: &'static str, claimed_at: Option<Moment>, disabled_at: Option<Moment>, created_at: Moment,
    }
    SupportAgent = "support_agents" {
        identity_id: Uuid, host: &'static str, since: Moment, ended_at: Option<Moment>,
    }
    Contact = "contacts" {
        id: Uuid, company_id: Uuid, identity_id: Option<Uuid>, kind: &'static str, name: Text, email: Option<Text>,
        phone: Option<Text>, created_at: Moment,
    }
    ContactInternal = "contact_internals" {
        contact_id: Uuid, company_id: Uuid, internal_notes: Option<Text>, lead_score: Option<i32>,
    }
    Staff = "staff_memberships" {
        id: Uuid, company_id: Uuid, identity_id: Uuid, role: &'static str, title: Text,
        permissions: Vec<&'static str>, removed_at: Option<Moment>, created_at: Moment,
    }
    StaffInternal = "staff_internals" {
        staff_membership_id: Uuid, company_id: Uuid, pay_rate_minor: Option<i64>, private_phone: Option<Text>,
    }
    Session = "sessions" {
        id: Uuid, token_hash: Text, identity_id: Uuid, actor: &'static str, staff_membership_id: Option<Uuid>,
        company_id: Option<Uuid>, device: Option<Text>, created_at: Moment, last_seen_at: Moment, expires_at: Moment, revoked_at: Option<Moment>,
    }
    Key = "api_keys" {
        id: Uuid, token_hash: Text, company_id: Uuid, name: Text, created_by: Uuid, permissions: Vec<&'static str>,
        all_projects: bool, created_at: Moment, expires_at: Moment, revoked_at: Option<Moment>,
    }
    Project = "projects" {
        id: Uuid, company_id: Uuid, number: Text, name: Text, address_line: Text, city: Text, region: Text,
        postal_code: Text, country: &'static str, status: &'static str, stage: &'static str, time_zone: &'static str,
        currency: &'static str, contract_total_minor: i64, started_on: Option<NaiveDate>, version: i32,
        created_at: Moment,
    }
    ProjectInternal = "project_internals" {
        project_id: Uuid, company_id: Uuid, budget_minor: Option<i64>, target_margin: Option<Decimal>,
        internal_status: Option<Text>, risk_notes: Option<Text>, lead_source: Option<Text>,
    }
    Portal = "project_portals" {
        project_id: Uuid, company_id: Uuid, features: Vec<&'static str>, schedule_share: &'static str,
        guide_url: Option<Text>,
    }
    Lead = "leads" {
        id: Uuid, company_id: Uuid, contact_id: Uuid, state: &'static str, source: &'static str, message: Option<Text>,
        interest: Option<Text>, project_id: Option<Uuid>, created_at: Moment, updated_at: Moment, version: i32,
    }
    KeyProject = "api_key_projects" {
        key_id: Uuid, company_id: Uuid, project_id: Uuid,
    }
    Location = "locations" {
        id: Uuid, company_id: Uuid, project_id: Uuid, name: Text, sort: u32,
    }
    Membership = "project_memberships" {
        id: Uuid, company_id: Uuid, project_id: Uuid, contact_id: Uuid, identity_id: Uuid, kind: &'static str,
        relationship: Option<&'static str>, is_primary: bool, can_see_status: bool, can_pay: bool,
        access_level: &'static str, web_access: bool, removed_at: Option<Moment>, created_at: Moment,
    }
    ClientSettings = "project_client_settings" {
        membership_id: Uuid, company_id: Uuid, project_id: Uuid, label: Option<&'static str>, instant_alerts: Option<bool>,
        summary_frequency: Option<&'static str>,
    }
    Invitation = "invitations" {
        id: Uuid, company_id: Uuid, project_id: Uuid, membership_id: Uuid, state: &'static str, template: &'static str,
        invited_by: Option<Uuid>, sent_at: Moment, expires_at: Moment, accepted_at: Option<Moment>,
        ended_at: Option<Moment>,
    }
    TeamMember = "team_members" {
        id: Uuid, company_id: Uuid, project_id: Uuid, staff_membership_id: Option<Uuid>, name: Option<Text>, title: Text,
        work_phone: Option<Text>, photo_url: Option<Text>, is_shown: bool, sort: u32,
    }
    ScheduleVersion = "schedule_versions" {
        id: Uuid, company_id: Uuid, project_id: Uuid, state: &'static str, number: Option<u32>,
        published_at: Option<Moment>, created_at: Moment,
    }
    ScheduleVersionInternal = "schedule_version_internals" {
        version_id: Uuid, company_id: Uuid, project_id: Uuid, publish_notes: Option<Text>,
    }
    Milestone = "milestones" {
        id: Uuid, company_id: Uuid, project_id: Uuid, version_id: Uuid, name: Text, sort: u32,
    }
    MilestoneInternal = "milestone_internals" {
        milestone_id: Uuid, company_id: Uuid, project_id: Uuid, internal_target_on: Option<NaiveDate>,
    }
    Task = "tasks" {
        id: Uuid, company_id: Uuid, project_id: Uuid, version_id: Uuid, milestone_id: Option<Uuid>, name: Text,
        start_on: NaiveDate, finish_on: NaiveDate, work_days: i32, percent_complete: i32, client_viewable: bool,
        sort: u32, version: i32,
    }
    TaskInternal = "task_internals" {
        task_id: Uuid, company_id: Uuid, project_id: Uuid, private_notes: Option<Text>, cost_code: Option<Text>,
        labor_hours: Option<Decimal>, internal_deadline_on: Option<NaiveDate>, buffer_days: Option<i32>,
    }
    TaskBrief = "task_briefs" {
        task_id: Uuid, company_id: Uuid, project_id: Uuid, public_notes: Text,
    }
    Assignee = "task_assignees" {
        id: Uuid, company_id: Uuid, project_id: Uuid, task_id: Uuid, project_membership_id: Option<Uuid>,
        staff_membership_id: Option<Uuid>,
    }
    Dependency = "task_dependencies" {
        task_id: Uuid, predecessor_id: Uuid, company_id: Uuid, project_id: Uuid, kind: &'static str, lag_days: i32,
    }
    Allowance = "allowances" {
        id: Uuid, company_id: Uuid, project_id: Uuid, name: Text, granted_minor: i64, material_only: bool, sort: u32,
        version: i32,
    }
    AllowanceCost = "allowance_costs" {
        allowance_id: Uuid, company_id: Uuid, project_id: Uuid, cost_basis_minor: Option<i64>,
        buffer_percent: Option<Decimal>,
    }
    Selection = "selections" {
        id: Uuid, company_id: Uuid, project_id: Uuid, location_id: Option<Uuid>, allowance_id: Option<Uuid>,
        number: Option<u32>, title: Text, instructions: Option<Text>, status: &'static str, due_on: Option<NaiveDate>,
        chosen_option_id: Option<Uuid>, locked_at: Option<Moment>, version: i32, created_at: Moment,
    }
    SelectionInternal = "selection_internals" {
        selection_id: Uuid, company_id: Uuid, project_id: Uuid, original_budget_minor: Option<i64>,
        revised_budget_minor: Option<i64>,
    }
    TradeInfo = "selection_trade_infos" {
        selection_id: Uuid, company_id: Uuid, project_id: Uuid, trade_info: Text,
    }
    SelectionTrade = "selection_trades" {
        selection_id: Uuid, project_membership_id: Uuid, company_id: Uuid, project_id: Uuid,
    }
    SelectionOption = "selection_options" {
        id: Uuid, company_id: Uuid, project_id: Uuid, selection_id: Uuid, title: Text, description: Option<Text>,
        price_minor: Option<i64>, is_standard: bool, lead_time_days: Option<i32>, sort: u32, version: i32,
    }
    OptionCost = "selection_option_costs" {
        option_id: Uuid, company_id: Uuid, project_id: Uuid, unit_cost_minor: i64, vendor: Option<Text>,
        vendor_sku: Option<Text>,
    }
    Note = "internal_notes" {
        id: Uuid, company_id: Uuid, project_id: Uuid, subject_kind: &'static str, subject_id: Uuid, author_id: Uuid,
        body: Text, created_at: Moment,
    }
}

#[cfg(test)]
mod tests {
    use super::TABLES;
    use crate::world::World;

    #[test]
    fn a_seed_fills_what_the_demo_fills() {
        let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        assert_eq!(names, World::tables());
    }
}
