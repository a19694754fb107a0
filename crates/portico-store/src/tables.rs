//! Registration of all tables: the owner of rows, the effect on generations, and who may know each column.
//!
//! Written by hand from docs/domain.md, never from views or role schemas: triggers are generated from it, and tests compare
//! the database, the role views, fixtures and answers with it. `registration.rs` defines the terms. If a table or column is
//! missing, the test `registration` names it.

use portico_core::access::{Permission, Role};
use portico_core::accounts::SummaryFrequency;
use portico_core::company::{Region, Weekday};
use portico_core::contacts::ContactKind;
use portico_core::decisions::{DecisionKind, DecisionOutcome, DecisionSubject};
use portico_core::files::{
    AttachmentRecord, FileAuthorKind, FileKind, FilePurpose, FileSource, FileState, ObjectState, RenditionKind,
    RenditionState, ScanResult,
};
use portico_core::invitations::InvitationState;
use portico_core::leads::{LeadSource, LeadState};
use portico_core::mail::MailTemplate;
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_core::money::Currency;
use portico_core::portal::{Feature, HelpArticleState, ScheduleShare};
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind, ProjectStage, ProjectStatus};
use portico_core::schedule::{DelayCause, DependencyKind, LagUnit, VersionState};
use portico_core::selections::{AllowanceCovers, AllowanceEntryKind, SelectionStatus, UnusedAllowancePolicy};

use crate::registration::Generation::{
    ByFile, ByFileAndRecord, BySelection, ByTask, Internal, OfAssignee, OfContact, OfMilestone, OfPerson, OfTask,
    Shared, SharedAndLocks, SharedIf, Untracked,
};
use crate::registration::Owner::{Company, Installation, Person, Project};
use crate::registration::tables;
pub use crate::registration::{Column, Enumeration, Generation, KnownTo, Owner, Table};

tables! {
    filled {
        // A company's public profile is visible to all callers.
        Company: companies (id) {
            owner Company("id");
            generation Shared;
            Key { id -> Uuid, }
            Public { name -> Text, portal_host -> Nullable<Text>, public_phone -> Nullable<Text>, }
            Viewers { region -> Text as Region, }
            StaffCommon { slug -> Text, }
            Staff { created_at -> Timestamptz, version -> Int4, }
        }
        CompanyBranding: company_brandings (company_id) {
            owner Company("company_id");
            generation Shared;
            Key { company_id -> Uuid, }
            Public {
                primary_color -> Text, accent_color -> Text, logo_url -> Nullable<Text>, website_url -> Nullable<Text>,
            }
        }
        // The sign-in page shows the ways to sign in; clients get the guide and the video. Trade partners know whether they report
        // progress.
        CompanyPortal: company_portals (company_id) {
            owner Company("company_id");
            generation Shared;
            Key { company_id -> Uuid, }
            Public { offers_password -> Bool, offers_link -> Bool, }
            StaffAndClients { guide_url -> Nullable<Text>, onboarding_video_url -> Nullable<Text>, }
            StaffCommon { default_schedule_share -> Text as ScheduleShare, }
            Staff {
                default_features -> Array<Text> as Feature, default_share_files -> Bool, selection_reminder_days -> Nullable<Int4>,
            }
            StaffAndTrades { trades_report_progress -> Bool, }
        }
        WorkCalendar: work_calendars (company_id) {
            owner Company("company_id");
            generation Internal;
            Key { company_id -> Uuid, }
            Staff { working_days -> Array<Text> as Weekday, version -> Int4, }
        }
        ScheduleTemplate: schedule_templates (id) {
            owner Company("company_id");
            generation Internal;
            Key { id -> Uuid, company_id -> Uuid, }
            StaffCommon { name -> Text, }
            Staff { plan -> Text, task_count -> Int4, version -> Int4, updated_at -> Timestamptz, }
        }
        WorkCalendarException: work_calendar_exceptions (company_id, falls_on) {
            owner Company("company_id");
            generation Internal;
            Key { company_id -> Uuid, falls_on -> Date, }
            Staff { is_working -> Bool, name -> Nullable<Text>, }
        }
        // Clients see published articles if one of their projects offers help. The position would reveal their number.
        HelpArticle: help_articles (id) {
            owner Company("company_id");
            generation SharedIf("state = 'PUBLISHED'");
            Key { id -> Uuid, company_id -> Uuid, }
            Viewers { published_at -> Nullable<Timestamptz>, }
            Rule { state -> Text as HelpArticleState, }
            StaffAndClients { title -> Text, body -> Text, }
            Staff { sort -> Int4, version -> Int4, created_at -> Timestamptz, updated_at -> Timestamptz, }
        }
        EmailTemplate: email_templates (company_id, key) {
            owner Company("company_id");
            generation Untracked("staff who edit them read them each time");
            Key { company_id -> Uuid, key -> Text as MailTemplate, }
            Staff { body -> Nullable<Text>, version -> Int4, updated_at -> Timestamptz, }
        }
        // All callers may know the address of the form and whether it is open (PRT-18).
        LeadForm: lead_forms (company_id) {
            owner Company("company_id");
            generation Untracked("staff who work on leads read them each time");
            Key { company_id -> Uuid, }
            Public { key -> Text, is_open -> Bool, }
            Staff { allowed_origins -> Array<Text>, created_at -> Timestamptz, }
        }
        // Known to the person. The name is also shown in teams and to trade partners on the same task.
        Identity: identities (id) {
            owner Person("id");
            generation OfPerson;
            Key { id -> Uuid, }
            Viewers {
                email -> Text, email_canonical -> Text, name -> Text, phone -> Nullable<Text>, locale -> Text,
                time_zone -> Text,
            }
            Rule {
                claimed_at -> Nullable<Timestamptz>, disabled_at -> Nullable<Timestamptz>, created_at -> Timestamptz,
            }
        }
        SupportAgent: support_agents (identity_id) {
            owner Installation;
            generation Untracked("every sign-in reads them");
            Key { identity_id -> Uuid, }
            StaffCommon { host -> Text, }
            Staff { since -> Timestamptz, ended_at -> Nullable<Timestamptz>, }
        }
        // The company's address book. Trade partners on the same task know the name.
        Contact: contacts (id), generated (search_text -> Text: StaffCommon) {
            owner Company("company_id");
            generation OfContact;
            Key { id -> Uuid, company_id -> Uuid, }
            Rule { identity_id -> Nullable<Uuid>, }
            StaffAndTrades { name -> Text, }
            StaffCommon { kind -> Text as ContactKind, email -> Nullable<Text>, }
            Staff { phone -> Nullable<Text>, created_at -> Timestamptz, }
        }
        ContactInternal: contact_internals (contact_id) {
            owner Company("company_id");
            generation Untracked("staff who may see them read them each time");
            Key { contact_id -> Uuid, company_id -> Uuid, }
            Staff { internal_notes -> Nullable<Text>, lead_score -> Nullable<Int4>, }
        }
        // Projects' teams show the names of staff, so outsiders' cached rows depend on the table.
        StaffMembership: staff_memberships (id) {
            owner Company("company_id");
            generation SharedAndLocks("identity_id");
            Key { id -> Uuid, company_id -> Uuid, identity_id -> Uuid, }
            StaffCommon { role -> Text as Role, title -> Text, }
            Staff {
                permissions -> Array<Text> as Permission, removed_at -> Nullable<Timestamptz>,
                created_at -> Timestamptz,
            }
        }
        StaffInternal: staff_internals (staff_membership_id) {
            owner Company("company_id");
            generation Internal;
            Key { staff_membership_id -> Uuid, company_id -> Uuid, }
            Staff { pay_rate_minor -> Nullable<Int8>, private_phone -> Nullable<Text>, }
        }
        // Known to the person. No role view shows the hash, but the caller's own decides what the caller sees.
        Session: sessions (id) {
            owner Person("identity_id");
            generation Untracked("every sign-in reads them");
            Key {
                id -> Uuid, identity_id -> Uuid, actor -> Text as Role, staff_membership_id -> Nullable<Uuid>,
                company_id -> Nullable<Uuid>,
            }
            Viewers { device -> Nullable<Text>, created_at -> Timestamptz, last_seen_at -> Timestamptz, }
            Rule { token_hash -> Text, expires_at -> Timestamptz, revoked_at -> Nullable<Timestamptz>, }
        }
        ApiKey: api_keys (id) {
            owner Company("company_id");
            generation Internal;
            Key { id -> Uuid, company_id -> Uuid, created_by -> Uuid, }
            NoCaller { token_hash -> Text, }
            Staff {
                name -> Text, permissions -> Array<Text> as Permission, all_projects -> Bool, created_at -> Timestamptz,
                expires_at -> Timestamptz, revoked_at -> Nullable<Timestamptz>,
            }
        }
        Project: projects (id), generated (search_text -> Text: Viewers) {
            owner Project("id");
            generation Shared;
            Key { id -> Uuid, company_id -> Uuid, }
            Viewers {
                number -> Text, name -> Text, address_line -> Text, city -> Text, region -> Text, postal_code -> Text,
                country -> Text, status -> Text as ProjectStatus, stage -> Text as ProjectStage, time_zone -> Text,
                currency -> Text as Currency, started_on -> Nullable<Date>, shared_version -> Int4,
            }
            StaffAndClients { contract_total_minor -> Nullable<Int8>, }
            Staff { version -> Int4, created_at -> Timestamptz, }
        }
        ProjectInternal: project_internals (project_id) {
            owner Project("project_id");
            generation Internal;
            Key { project_id -> Uuid, company_id -> Uuid, }
            Staff {
                budget_minor -> Nullable<Int8>, target_margin -> Nullable<Numeric>, internal_status -> Nullable<Text>,
                risk_notes -> Nullable<Text>, lead_source -> Nullable<Text>,
            }
        }
        // Clients know the features, the guide, and the schedule view that follows from the share.
        ProjectPortal: project_portals (project_id) {
            owner Project("project_id");
            generation Shared;
            Key { project_id -> Uuid, company_id -> Uuid, }
            StaffAndClients {
                features -> Array<Text> as Feature, schedule_share -> Text as ScheduleShare, shares_baseline -> Bool,
                guide_url -> Nullable<Text>, mail_key -> Text,
            }
        }
        Lead: leads (id), generated (search_text -> Text: StaffCommon) {
            owner Company("company_id");
            generation Untracked("staff who work on leads read them each time");
            Key { id -> Uuid, company_id -> Uuid, contact_id -> Uuid, project_id -> Nullable<Uuid>, }
            StaffCommon { state -> Text as LeadState, source -> Text as LeadSource, }
            Staff {
                message -> Nullable<Text>, interest -> Nullable<Text>, created_at -> Timestamptz,
                updated_at -> Timestamptz, version -> Int4,
            }
        }
        ApiKeyProject: api_key_projects (key_id, project_id) {
            owner Project("project_id");
            generation Untracked("every sign-in reads them");
            Key { key_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
        }
        Location: locations (id) {
            owner Project("project_id");
            generation Shared;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Viewers { name -> Text, sort -> Int4, }
        }
        // Clients know their fellow clients' names and relationships, and which is primary; rights are known to their holder.
        ProjectMembership: project_memberships (id) {
            owner Project("project_id");
            generation SharedAndLocks("contact_id");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, contact_id -> Uuid, identity_id -> Uuid,
                kind -> Text as MembershipKind,
            }
            Viewers { relationship -> Nullable<Text> as ClientRelationship, is_primary -> Bool, }
            Rule {
                can_see_status -> Bool, can_pay -> Bool, can_approve -> Bool, access_level -> Text as AccessLevel, web_access -> Bool,
                removed_at -> Nullable<Timestamptz>,
            }
            Staff { created_at -> Timestamptz, }
        }
        // Clients know how they are notified, and not their label.
        ProjectClientSettings: project_client_settings (membership_id) {
            owner Project("project_id");
            generation Internal;
            Key { membership_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Rule { instant_alerts -> Nullable<Bool>, summary_frequency -> Nullable<Text> as SummaryFrequency, }
            Staff { label -> Nullable<Text>, }
        }
        // An invitation's state decides whether the client is notified as the company has set.
        Invitation: invitations (id) {
            owner Project("project_id");
            generation Internal;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, membership_id -> Uuid, invited_by -> Nullable<Uuid>,
            }
            Rule { state -> Text as InvitationState, ended_at -> Nullable<Timestamptz>, }
            StaffCommon { template -> Text as MailTemplate, }
            Staff { sent_at -> Timestamptz, expires_at -> Timestamptz, accepted_at -> Nullable<Timestamptz>, }
        }
        // The position would reveal how many hidden members come before.
        TeamMember: team_members (id) {
            owner Project("project_id");
            generation SharedIf("is_shown");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, staff_membership_id -> Nullable<Uuid>, }
            Viewers {
                name -> Nullable<Text>, title -> Text, work_phone -> Nullable<Text>, photo_url -> Nullable<Text>,
            }
            Rule { is_shown -> Bool, }
            Staff { sort -> Int4, }
        }
        ScheduleVersion: schedule_versions (id) {
            owner Project("project_id");
            generation SharedIf("state = 'PUBLISHED'");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Viewers { number -> Nullable<Int4>, published_at -> Nullable<Timestamptz>, }
            Rule { state -> Text as VersionState, }
            Staff { created_at -> Timestamptz, start_on -> Date, version -> Int4, }
        }
        ScheduleVersionInternal: schedule_version_internals (version_id) {
            owner Project("project_id");
            generation Internal;
            Key { version_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Staff { publish_notes -> Nullable<Text>, }
        }
        // The roll-up is of all tasks, the same for every audience. Trade partners may not know which milestones clients see.
        Milestone: milestones (id), generated (
            status -> Text: Viewers, percent_complete -> Int4: Viewers, anticipated_finish_on -> Nullable<Date>: Viewers
        ) {
            owner Project("project_id");
            generation OfMilestone;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Viewers { name -> Text, }
            StaffAndClients { client_viewable -> Bool, }
            Staff { sort -> Int4, }
        }
        MilestoneInternal: milestone_internals (milestone_id) {
            owner Project("project_id");
            generation Internal;
            Key { milestone_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Staff { internal_target_on -> Nullable<Date>, }
        }
        // Trade partners may not know which tasks clients see.
        Task: tasks (id) {
            owner Project("project_id");
            generation OfTask;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, milestone_id -> Nullable<Uuid>, }
            Viewers {
                name -> Text, start_on -> Date, finish_on -> Date, work_days -> Int4, percent_complete -> Int4,
                version -> Int4,
            }
            StaffAndClients { client_viewable -> Bool, }
            Staff { sort -> Int4, }
        }
        TaskInternal: task_internals (task_id) {
            owner Project("project_id");
            generation Internal;
            Key { task_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Staff {
                private_notes -> Nullable<Text>, cost_code -> Nullable<Text>, labor_hours -> Nullable<Numeric>,
                internal_deadline_on -> Nullable<Date>, buffer_days -> Nullable<Int4>,
                total_float_days -> Nullable<Int4>, is_critical -> Nullable<Bool>,
            }
        }
        // The dates of the first published schedule. Clients see those of their tasks where the portal shares them.
        TaskBaseline: task_baselines (task_id) {
            owner Project("project_id");
            generation Shared;
            Key { task_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffAndClients { start_on -> Date, finish_on -> Date, work_days -> Int4, }
        }
        TaskBrief: task_briefs (task_id) {
            owner Project("project_id");
            generation ByTask;
            Key { task_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffAndTrades { public_notes -> Text, }
        }
        // Trade partners know the other assignees of their tasks, and so which rows exist.
        TaskAssignee: task_assignees (id) {
            owner Project("project_id");
            generation OfAssignee;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, task_id -> Uuid,
                project_membership_id -> Nullable<Uuid>, staff_membership_id -> Nullable<Uuid>,
            }
        }
        TaskDependency: task_dependencies (task_id, predecessor_id) {
            owner Project("project_id");
            generation Internal;
            Key { task_id -> Uuid, predecessor_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffCommon { kind -> Text as DependencyKind, lag_unit -> Text as LagUnit, }
            Staff { lag_days -> Int4, }
        }
        // The plans of versions, which only staff read.
        PlannedMilestone: planned_milestones (id) {
            owner Project("project_id");
            generation Internal;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, version_id -> Uuid, milestone_id -> Uuid, }
            StaffCommon { name -> Text, }
            Staff { client_viewable -> Bool, internal_target_on -> Nullable<Date>, sort -> Int4, }
        }
        PlannedTask: planned_tasks (id) {
            owner Project("project_id");
            generation Internal;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, version_id -> Uuid, task_id -> Uuid,
                planned_milestone_id -> Nullable<Uuid>,
            }
            StaffCommon { name -> Text, public_notes -> Nullable<Text>, }
            Staff {
                work_days -> Int4, fixed_start_on -> Nullable<Date>, start_on -> Date, finish_on -> Date,
                total_float_days -> Int4, is_critical -> Bool, is_too_early -> Bool, client_viewable -> Bool,
                private_notes -> Nullable<Text>, cost_code -> Nullable<Text>, labor_hours -> Nullable<Numeric>,
                internal_deadline_on -> Nullable<Date>, buffer_days -> Nullable<Int4>, sort -> Int4,
            }
        }
        PlannedAssignee: planned_assignees (id) {
            owner Project("project_id");
            generation Internal;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, planned_task_id -> Uuid,
                project_membership_id -> Nullable<Uuid>, staff_membership_id -> Nullable<Uuid>,
            }
        }
        PlannedDependency: planned_dependencies (planned_task_id, predecessor_id) {
            owner Project("project_id");
            generation Internal;
            Key { planned_task_id -> Uuid, predecessor_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffCommon { kind -> Text as DependencyKind, lag_unit -> Text as LagUnit, }
            Staff { lag_days -> Int4, }
        }
        // Clients see viewable ones while the schedule is shared; trade partners see none.
        ScheduleDelay: schedule_delays (id) {
            owner Project("project_id");
            generation SharedIf("client_viewable");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, task_id -> Nullable<Uuid>, }
            Rule { client_viewable -> Bool, }
            StaffAndClients { start_on -> Date, days -> Int4, reason -> Text, cause -> Text as DelayCause, }
            Staff { version -> Int4, }
        }
        Allowance: allowances (id) {
            owner Project("project_id");
            generation Shared;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffAndClients {
                name -> Text, granted_minor -> Int8, covers -> Text as AllowanceCovers, terms -> Nullable<Text>,
                unused_policy -> Text as UnusedAllowancePolicy, fee_percent -> Numeric, tax_percent -> Numeric, version -> Int4,
            }
            Staff { sort -> Int4, }
        }
        AllowanceCost: allowance_costs (allowance_id) {
            owner Project("project_id");
            generation Internal;
            Key { allowance_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Staff { cost_basis_minor -> Nullable<Int8>, buffer_percent -> Nullable<Numeric>, }
        }
        // Only the ledger of selections that outsiders see: drafts are not approved.
        AllowanceEntry: allowance_entries (id) {
            owner Project("project_id");
            generation Shared;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, allowance_id -> Uuid, selection_id -> Nullable<Uuid>,
            }
            StaffAndClients { kind -> Text as AllowanceEntryKind, amount_minor -> Int8, created_at -> Timestamptz, }
        }
        Selection: selections (id) {
            owner Project("project_id");
            generation SharedIf("status <> 'DRAFT'");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, location_id -> Nullable<Uuid>,
                allowance_id -> Nullable<Uuid>, due_task_id -> Nullable<Uuid>, chosen_by -> Nullable<Uuid>,
            }
            Viewers {
                number -> Nullable<Int4>, title -> Text, instructions -> Nullable<Text>, due_on -> Nullable<Date>,
                is_overdue -> Bool, category -> Nullable<Text>, min_choices -> Int4, max_choices -> Int4, may_decline -> Bool,
                locked_at -> Nullable<Timestamptz>, version -> Int4,
            }
            StaffAndClients {
                chosen_at -> Nullable<Timestamptz>, chosen_by_name -> Nullable<Text>, approved_at -> Nullable<Timestamptz>,
                ordered_at -> Nullable<Timestamptz>, decline_reason -> Nullable<Text>,
            }
            Rule { status -> Text as SelectionStatus, }
            Staff { due_days_before -> Nullable<Int4>, created_at -> Timestamptz, }
        }
        SelectionInternal: selection_internals (selection_id) {
            owner Project("project_id");
            generation Internal;
            Key { selection_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Staff { original_budget_minor -> Nullable<Int8>, revised_budget_minor -> Nullable<Int8>, }
        }
        SelectionTradeInfo: selection_trade_infos (selection_id) {
            owner Project("project_id");
            generation BySelection;
            Key { selection_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffAndTrades { trade_info -> Text, }
        }
        // Trade partners know which selections concern them, and so which rows exist.
        SelectionTrade: selection_trades (selection_id, project_membership_id) {
            owner Project("project_id");
            generation BySelection;
            Key { selection_id -> Uuid, project_membership_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
        }
        SelectionOption: selection_options (id) {
            owner Project("project_id");
            generation BySelection;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, selection_id -> Uuid, }
            Viewers {
                title -> Text, description -> Nullable<Text>, is_standard -> Bool, lead_time_days -> Nullable<Int4>,
                version -> Int4,
            }
            StaffAndClients {
                price_minor -> Nullable<Int8>, price_expires_on -> Nullable<Date>, is_price_expired -> Bool,
            }
            Staff { sort -> Int4, }
        }
        SelectionChoice: selection_choices (selection_id, option_id) {
            owner Project("project_id");
            generation BySelection;
            Key { selection_id -> Uuid, option_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Viewers { quantity -> Int4, }
        }
        SelectionOptionCost: selection_option_costs (option_id) {
            owner Project("project_id");
            generation Internal;
            Key { option_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Staff { unit_cost_minor -> Int8, vendor -> Nullable<Text>, vendor_sku -> Nullable<Text>, }
        }
        // Clients of the project know all of them, also those of removed clients.
        Decision: decisions (id), generated (previous_position -> Nullable<Int4>: Key) {
            owner Project("project_id");
            generation Shared;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, subject_id -> Uuid, decided_by -> Uuid,
                position -> Int4, prev_hash -> Nullable<Text>,
            }
            StaffAndClients {
                kind -> Text as DecisionKind, subject_kind -> Text as DecisionSubject,
                outcome -> Text as DecisionOutcome, document -> Nullable<Text>, document_hash -> Text,
                decided_at -> Timestamptz, decided_by_name -> Text, terms_version -> Nullable<Text>,
                evidence_hash -> Text, hash -> Text,
            }
        }
        DecisionHead: decision_heads (decision_id) {
            owner Project("project_id");
            generation Shared;
            Key { decision_id -> Uuid, company_id -> Uuid, project_id -> Uuid, position -> Int4, }
            StaffAndClients { hash -> Text, key_id -> Text, signature -> Text, }
        }
        // Known to staff, and to the client who decided.
        DecisionEvidence: decision_evidence (decision_id) {
            owner Project("project_id");
            generation Untracked("it is read each time");
            Key { decision_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffAndClients {
                salt -> Text, network -> Nullable<Text>, device -> Nullable<Text>, on_behalf_reason -> Nullable<Text>,
                decided_at -> Timestamptz,
            }
        }
        // Clients know the threads with clients, and a trade partner those with them (docs/decisions/0032-threads.md).
        Thread: threads (id), generated (search_text -> Text: Viewers) {
            owner Project("project_id");
            generation SharedIf("audience <> 'INTERNAL'");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, trade_membership_id -> Nullable<Uuid>,
                subject_id -> Uuid,
            }
            Viewers {
                kind -> Text as ThreadKind, subject_kind -> Text as ThreadSubject, title -> Nullable<Text>,
                created_at -> Timestamptz, last_message_at -> Timestamptz, message_count -> Int4,
            }
            Rule { audience -> Text as ThreadAudience, }
        }
        Message: messages (id), generated (search_text -> Text: Viewers) {
            owner Project("project_id");
            generation SharedIf("audience <> 'INTERNAL'");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, thread_id -> Uuid, author_id -> Uuid, }
            Viewers {
                position -> Int4, author_kind -> Text as AuthorKind, author_name -> Text, body -> Text,
                created_at -> Timestamptz, edited_at -> Nullable<Timestamptz>, version -> Int4,
            }
            Rule { audience -> Text as ThreadAudience, }
        }
        MessageVersion: message_versions (message_id, version) {
            owner Project("project_id");
            generation SharedIf("audience <> 'INTERNAL'");
            Key { message_id -> Uuid, version -> Int4, company_id -> Uuid, project_id -> Uuid, }
            Viewers { body -> Text, written_at -> Timestamptz, }
            Rule { audience -> Text as ThreadAudience, }
        }
        MessageMention: message_mentions (message_id, staff_membership_id) {
            owner Project("project_id");
            generation Internal;
            Key { message_id -> Uuid, staff_membership_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
        }
        // Known to the reader: unread messages are those above the position.
        ThreadRead: thread_reads (thread_id, identity_id) {
            owner Project("project_id");
            generation Untracked("they are read each time, by their reader alone");
            Key { thread_id -> Uuid, identity_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Viewers { position -> Int4, read_at -> Timestamptz, }
        }
        // Read by staff who manage files.
        ProjectStorage: project_storage (project_id) {
            owner Project("project_id");
            generation Untracked("it is read each time");
            Key { project_id -> Uuid, company_id -> Uuid, }
            StaffCommon { used_bytes -> Int8, reserved_bytes -> Int8, file_count -> Int4, }
        }
        // Clients see shared albums. The position would reveal how many hidden ones come before.
        Album: albums (id) {
            owner Project("project_id");
            generation SharedIf("shared_with_clients");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            Rule { shared_with_clients -> Bool, }
            StaffAndClients { name -> Text, }
            Staff { sort -> Int4, }
        }
        // Clients see what is shared with clients, and a trade partner what is shared with them (docs/decisions/0038). The database
        // derives `shared_with_trades` from `file_trades`, and `is_evidence` from `file_holds`.
        File: files (id), generated (
            shared_with_trades -> Bool: Rule, is_evidence -> Bool: StaffAndClients, search_text -> Text: Viewers
        ) {
            owner Project("project_id");
            generation SharedIf("state = 'AVAILABLE' and (shared_with_clients or shared_with_trades)");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, author_id -> Nullable<Uuid>,
                album_id -> Nullable<Uuid>,
            }
            Viewers {
                kind -> Text as FileKind, name -> Text, author_kind -> Text as FileAuthorKind, content_number -> Int4,
                media_type -> Text, size -> Int8, renditions -> Text as RenditionState,
                taken_at -> Nullable<Timestamptz>, created_at -> Timestamptz, version -> Int4,
            }
            Rule {
                purpose -> Text as FilePurpose, state -> Text as FileState, shared_with_clients -> Bool,
                deleted_at -> Nullable<Timestamptz>,
            }
            StaffAndClients { author_name -> Text, sha256 -> Text, }
        }
        FileContent: file_contents (id) {
            owner Project("project_id");
            generation Internal;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, file_id -> Uuid, author_id -> Nullable<Uuid>,
                number -> Int4,
            }
            StaffCommon { media_type -> Text, size -> Int8, sha256 -> Text, author_name -> Text, }
            Staff { created_at -> Timestamptz, }
        }
        // Contents that decisions refer to (docs/decisions/0044).
        FileHold: file_holds (content_id, decision_id) {
            owner Project("project_id");
            generation Untracked("the column `is_evidence` of the file shows it");
            Key { content_id -> Uuid, decision_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
        }
        // The hash of a rendition is its entity tag.
        FileRendition: file_renditions (id) {
            owner Project("project_id");
            generation ByFile;
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, file_id -> Uuid, content_id -> Uuid, }
            Viewers {
                kind -> Text as RenditionKind, media_type -> Text, size -> Int8, sha256 -> Text,
                width -> Nullable<Int4>, height -> Nullable<Int4>,
            }
            Rule { is_current -> Bool, is_clean -> Bool, }
        }
        // A trade partner knows which files are shared with them, and so which rows exist.
        FileTrade: file_trades (file_id, project_membership_id) {
            owner Project("project_id");
            generation ByFile;
            Key { file_id -> Uuid, project_membership_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
        }
        FileInternal: file_internals (file_id) {
            owner Project("project_id");
            generation Internal;
            Key { file_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            StaffCommon { source -> Text as FileSource, scan_result -> Text as ScanResult, }
            Rule { is_unattributed -> Bool, }
            Staff { latitude -> Nullable<Numeric>, longitude -> Nullable<Numeric>, }
        }
        // Known to those who see the file and the record (docs/decisions/0041).
        FileAttachment: file_attachments (id) {
            owner Project("project_id");
            generation ByFileAndRecord;
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, file_id -> Uuid,
                record_kind -> Text as AttachmentRecord, record_id -> Uuid,
            }
            Viewers { created_at -> Timestamptz, }
            Rule { hidden_from_clients -> Bool, }
        }
        // Known to those who see the file, and so which rows exist.
        ProjectCover: project_covers (project_id) {
            owner Project("project_id");
            generation ByFile;
            Key { project_id -> Uuid, company_id -> Uuid, file_id -> Uuid, }
        }
        // Objects of what can be downloaded, by position.
        FileObject: file_objects (id) {
            owner Project("project_id");
            generation Untracked("each download reads them");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, upload_id -> Nullable<Uuid>,
                rendition_id -> Nullable<Uuid>,
            }
            Viewers { start -> Int8, size -> Int8, }
            NoCaller { state -> Text as ObjectState, created_at -> Timestamptz, }
        }
    }
    operational {
        staged_uploads (id), "a world has no upload in progress" {
            owner Project("project_id");
            generation Untracked("no role view shows them");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, author_id -> Uuid, file_id -> Nullable<Uuid>,
                author_kind -> Text,
            }
            NoCaller {
                name -> Text, size -> Int8, received -> Int8, sha256 -> Nullable<Text>, hash_state -> Nullable<Text>,
                head -> Text, share_with_clients -> Bool, created_at -> Timestamptz, expires_at -> Timestamptz,
            }
        }
        inbound_mails (id), "a world has received no mail" {
            owner Project("project_id");
            generation Untracked("no role view shows them");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            NoCaller { sha256 -> Text, received_at -> Timestamptz, }
        }
        file_stores (id), "a gateway registers its store" {
            owner Installation;
            generation Untracked("no role view shows them");
            Key { id -> Uuid, is_current -> Bool, }
        }
        credentials (identity_id), "people of a world have tokens instead" {
            owner Person("identity_id");
            generation Untracked("no role view shows them");
            Key { identity_id -> Uuid, }
            NoCaller { password_hash -> Text, changed_at -> Timestamptz, }
        }
        account_openings (id), "support has opened no account yet" {
            owner Installation;
            generation Untracked("support reads them each time");
            Key { id -> Uuid, agent_id -> Uuid, identity_id -> Uuid, }
            Staff { reason -> Text, opened_at -> Timestamptz, expires_at -> Timestamptz, }
        }
        sign_in_links (id), "links are mailed, and work once" {
            owner Person("identity_id");
            generation Untracked("no role view shows them");
            Key { id -> Uuid, identity_id -> Uuid, invitation_id -> Nullable<Uuid>, company_id -> Nullable<Uuid>, }
            NoCaller {
                nonce -> Uuid, purpose -> Text, email -> Nullable<Text>, email_canonical -> Nullable<Text>,
                created_at -> Timestamptz, expires_at -> Timestamptz, used_at -> Nullable<Timestamptz>,
                voided_at -> Nullable<Timestamptz>,
            }
        }
        sign_in_codes (id), "requests of sign-in links, for 15 minutes" {
            owner Installation;
            generation Untracked("no role view shows them");
            Key { id -> Uuid, link_id -> Nullable<Uuid>, }
            NoCaller {
                request_hash -> Text, address_hash -> Text, wrong_attempts -> Int4, created_at -> Timestamptz,
                expires_at -> Timestamptz, used_at -> Nullable<Timestamptz>, voided_at -> Nullable<Timestamptz>,
            }
        }
        notification_settings (identity_id), "everyone starts with the defaults" {
            owner Person("identity_id");
            generation Untracked("they are read each time, by their owner alone");
            Key { identity_id -> Uuid, }
            Viewers { instant_alerts -> Nullable<Bool>, summary_frequency -> Nullable<Text>, }
        }
        // Until a member of staff accepts, teams show the name in the invitation.
        staff_invitations (id), "staff of a world joined before invitations were stored" {
            owner Company("company_id");
            generation Shared;
            Key { id -> Uuid, company_id -> Uuid, membership_id -> Uuid, invited_by -> Nullable<Uuid>, }
            Viewers { name -> Text, }
            Rule { accepted_at -> Nullable<Timestamptz>, }
            Staff { email -> Text, sent_at -> Timestamptz, expires_at -> Timestamptz, }
        }
        // The audit log: a row belongs to a company, or to a person alone.
        activity (id), "entries are derived from the rows that they are about" {
            owner Installation;
            generation Untracked("it is read each time, and only ever grows");
            Key {
                id -> Uuid, company_id -> Nullable<Uuid>, project_id -> Nullable<Uuid>, subject_kind -> Nullable<Text>,
                subject_id -> Nullable<Uuid>, actor_kind -> Text, actor_id -> Nullable<Uuid>,
            }
            // Clients read about their projects and their own access (TRK-1).
            StaffAndClients { at -> Timestamptz, kind -> Text, details -> Jsonb, }
            Staff { audiences -> Array<Text>, network -> Nullable<Text>, device -> Nullable<Text>, }
            NoCaller { position -> Nullable<Int8>, }
        }
        activity_counters (project_id), "entries take their positions when they are inserted" {
            owner Installation;
            generation Untracked("no role view shows them");
            Key { project_id -> Uuid, }
            NoCaller { last_position -> Int8, }
        }
        // Known to the member: the address follows from the nonce.
        calendar_feeds (id), "no member has created a feed yet" {
            owner Project("project_id");
            generation Untracked("they are read each time, by their member alone");
            Key { id -> Uuid, company_id -> Uuid, project_id -> Uuid, membership_id -> Uuid, }
            Viewers { nonce -> Text, created_at -> Timestamptz, }
        }
        // By its mails, a client knows what is in them.
        selection_reminders (membership_id, selection_id, kind, due_on), "no reminder has been mailed yet" {
            owner Project("project_id");
            generation Untracked("no role view shows them");
            Key { membership_id -> Uuid, selection_id -> Uuid, company_id -> Uuid, project_id -> Uuid, }
            NoCaller { kind -> Text, due_on -> Date, mailed_on -> Date, }
        }
        client_views (id), "no staff member views a portal yet" {
            owner Project("project_id");
            generation Untracked("every sign-in reads them");
            Key {
                id -> Uuid, company_id -> Uuid, project_id -> Uuid, membership_id -> Uuid, session_id -> Uuid,
            }
            Rule {
                token_hash -> Text, created_at -> Timestamptz, expires_at -> Timestamptz, ended_at -> Nullable<Timestamptz>,
            }
        }
        sync_states (reader_id, project_id), "no reader has asked for changes yet" {
            owner Project("project_id");
            generation Untracked("its reader reads it each time");
            Key { reader_id -> Uuid, project_id -> Uuid, company_id -> Uuid, }
            Viewers { position -> Int8, deleted_position -> Int8, }
            NoCaller { changed_at -> Timestamptz, }
        }
        synced_records (reader_id, project_id, kind, record_id), "no reader has asked for changes yet" {
            owner Installation;
            generation Untracked("its reader reads it each time");
            Key { reader_id -> Uuid, project_id -> Uuid, kind -> Text, record_id -> Uuid, }
            Viewers { digest -> Nullable<Uuid>, created_position -> Int8, position -> Int8, }
        }
        idempotent_answers (actor_id, key), "no mutation has been answered yet" {
            owner Person("actor_id");
            generation Untracked("no role view shows them");
            Key { actor_id -> Uuid, key -> Text, }
            NoCaller { fingerprint -> Text, answer -> Jsonb, created_at -> Timestamptz, }
        }
        onboardings (identity_id), "no client has been onboarded yet" {
            owner Person("identity_id");
            generation Untracked("they are read each time, by their owner alone");
            Key { identity_id -> Uuid, }
            Viewers { dismissed_at -> Timestamptz, }
        }
        // A mail about an account alone belongs to no company.
        jobs (id), "a world has no mail to send" {
            owner Installation;
            generation Untracked("the delivery status of mails is read each time");
            Key { id -> Uuid, company_id -> Nullable<Uuid>, subject_id -> Nullable<Uuid>, }
            StaffCommon { kind -> Text, key -> Nullable<Text>, state -> Text, last_error -> Nullable<Text>, }
            Staff {
                payload -> Jsonb, attempts -> Int4, next_attempt_at -> Timestamptz,
                last_attempt_at -> Nullable<Timestamptz>, created_at -> Timestamptz,
                finished_at -> Nullable<Timestamptz>,
            }
        }
        api_key_uses (key_id), "no key has been used yet" {
            owner Company("company_id");
            generation Untracked("the use of a key changes nothing that the key sees");
            Key { key_id -> Uuid, company_id -> Uuid, }
            Staff { last_used_at -> Timestamptz, }
        }
    }
}
