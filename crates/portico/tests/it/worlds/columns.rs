//! Visibility of each column, written by hand from docs/domain.md, independent of role views and role schemas.
//!
//! A missing column fails a test, so that each new one is decided here.

/// Visibility of a column of a visible row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnVisibility {
    /// Names or relates rows. It never changes; hidden rows are added and removed with their keys.
    Key,
    /// Public: shown on a company's public portal.
    Public,
    /// Visible with the row. It changes in hidden rows.
    Open,
    /// Decides visibility. It changes wherever that makes no difference for the caller.
    Rule,
    /// Hidden from all clients and trade partners. It changes in every row.
    Secret,
    /// [`ColumnVisibility::Open`] for trade partners; [`ColumnVisibility::Secret`] for clients.
    FromClients,
    /// [`ColumnVisibility::Open`] for clients; [`ColumnVisibility::Secret`] for trade partners.
    FromTrades,
}
use ColumnVisibility::{FromClients, FromTrades, Key, Open, Public, Rule, Secret};

/// A table, with its columns by visibility.
pub(crate) type Table = (&'static str, &'static [(ColumnVisibility, &'static str)]);

pub(crate) const TABLES: &[Table] = &[
    // Company: name, branding, portalUrl, region, publicPhone are open.
    (
        "companies",
        &[
            (Key, "id"),
            (Public, "name portal_host public_phone"),
            (Open, "region"),
            (Secret, "slug created_at version"),
        ],
    ),
    ("company_brandings", &[(Key, "company_id"), (Public, "primary_color accent_color logo_url website_url")]),
    // CompanyPortal: sign-in methods are public; clients see the guide and the video.
    (
        "company_portals",
        &[
            (Key, "company_id"),
            (Public, "offers_password offers_link"),
            (FromTrades, "guide_url onboarding_video_url"),
            (Secret, "default_features default_schedule_share"),
        ],
    ),
    // HelpArticle: published ones, in the client's projects that offer help. The sort order would reveal the number of
    // articles.
    (
        "help_articles",
        &[
            (Key, "id company_id"),
            (FromTrades, "title body"),
            (Rule, "state"),
            (Open, "published_at"),
            (Secret, "sort version created_at updated_at"),
        ],
    ),
    // Onboarding: for the person only.
    ("onboardings", &[(Key, "identity_id"), (Open, "dismissed_at")]),
    // EmailTemplate: for staff with a permission. The job queue is for the worker only.
    ("email_templates", &[(Key, "company_id key"), (Secret, "body version updated_at")]),
    (
        "jobs",
        &[
            (Key, "id company_id"),
            (Secret, "kind key payload state attempts"),
            (Secret, "next_attempt_at last_error created_at finished_at last_attempt_at"),
            // Derived from the key.
            (Secret, "subject_id"),
        ],
    ),
    // Identity: for the person only; the name also as that of a team member, or of an assignee of the same task.
    (
        "identities",
        &[
            (Key, "id"),
            (Open, "email email_canonical name phone locale time_zone"),
            (Rule, "claimed_at disabled_at created_at"),
        ],
    ),
    // Contact: for the company. Trade partners on the same task see the name.
    (
        "contacts",
        &[
            (Key, "id company_id"),
            (Rule, "identity_id"),
            (Secret, "kind email phone created_at search_text"),
            (FromClients, "name"),
        ],
    ),
    ("contact_internals", &[(Key, "contact_id company_id"), (Secret, "internal_notes lead_score")]),
    // Lead: for the company. No query shows the form to others.
    (
        "leads",
        &[
            (Key, "id company_id contact_id project_id"),
            (Secret, "state source message interest created_at updated_at version search_text"),
        ],
    ),
    // The URL of the form, and whether it is open, are public (PRT-18).
    ("lead_forms", &[(Key, "company_id"), (Public, "key is_open"), (Secret, "allowed_origins created_at")]),
    // Support agents are secret.
    ("support_agents", &[(Key, "identity_id"), (Secret, "host since ended_at")]),
    // Role and permissions of a member of staff.
    (
        "staff_memberships",
        &[(Key, "id company_id identity_id"), (Secret, "role title permissions removed_at created_at")],
    ),
    ("staff_internals", &[(Key, "staff_membership_id company_id"), (Secret, "pay_rate_minor private_phone")]),
    // Session: for the person only, and the hash is secret: it verifies the token.
    (
        "sessions",
        &[
            (Key, "id identity_id actor staff_membership_id company_id"),
            (Rule, "token_hash expires_at revoked_at"),
            (Open, "device created_at last_seen_at"),
        ],
    ),
    (
        "api_keys",
        &[
            (Key, "id company_id created_by"),
            (Secret, "token_hash name permissions all_projects created_at expires_at revoked_at"),
        ],
    ),
    ("api_key_projects", &[(Key, "key_id company_id project_id")]),
    (
        "projects",
        &[
            (Key, "id company_id"),
            (Open, "number name address_line city region postal_code country status stage time_zone currency"),
            (Open, "started_on version search_text"),
            (FromTrades, "contract_total_minor"),
            (Secret, "created_at"),
        ],
    ),
    (
        "project_internals",
        &[
            (Key, "project_id company_id"),
            (Secret, "budget_minor target_margin internal_status risk_notes lead_source"),
        ],
    ),
    // PortalSettings: a client sees the sections, the guide, and the view that follows from the share.
    ("project_portals", &[(Key, "project_id company_id"), (FromTrades, "features schedule_share guide_url")]),
    ("locations", &[(Key, "id company_id project_id"), (Open, "name sort")]),
    // ProjectMembership: clients see other clients' names, relationships and who is primary, not their rights.
    (
        "project_memberships",
        &[
            (Key, "id company_id project_id contact_id identity_id kind"),
            (Open, "relationship is_primary"),
            (Rule, "can_see_status can_pay access_level web_access removed_at"),
            (Secret, "created_at"),
        ],
    ),
    // Settings of the company for a client: the label is secret, and notifications are the client's own.
    (
        "project_client_settings",
        &[(Key, "membership_id company_id project_id"), (Secret, "label"), (Rule, "instant_alerts summary_frequency")],
    ),
    // Invitation: hidden from clients.
    (
        "invitations",
        &[
            (Key, "id company_id project_id membership_id invited_by"),
            (Secret, "template sent_at expires_at accepted_at"),
            (Rule, "state ended_at"),
        ],
    ),
    // TeamMember: those shown on the project. The sort order would reveal the number of hidden ones.
    (
        "team_members",
        &[
            (Key, "id company_id project_id staff_membership_id"),
            (Open, "name title work_phone photo_url"),
            (Rule, "is_shown"),
            (Secret, "sort"),
        ],
    ),
    (
        "schedule_versions",
        &[(Key, "id company_id project_id"), (Rule, "state"), (Open, "number published_at"), (Secret, "created_at")],
    ),
    ("schedule_version_internals", &[(Key, "version_id company_id project_id"), (Secret, "publish_notes")]),
    ("milestones", &[(Key, "id company_id project_id version_id"), (Open, "name"), (Secret, "sort")]),
    ("milestone_internals", &[(Key, "milestone_id company_id project_id"), (Secret, "internal_target_on")]),
    (
        "tasks",
        &[
            (Key, "id company_id project_id version_id milestone_id"),
            (Open, "name start_on finish_on work_days percent_complete version"),
            // Secret from trade partners, who must not see what clients see.
            (FromTrades, "client_viewable"),
            (Secret, "sort"),
        ],
    ),
    (
        "task_internals",
        &[
            (Key, "task_id company_id project_id"),
            (Secret, "private_notes cost_code labor_hours internal_deadline_on buffer_days"),
        ],
    ),
    ("task_briefs", &[(Key, "task_id company_id project_id"), (FromClients, "public_notes")]),
    // Trade partners see the assignees of their own tasks: rows are added and removed.
    ("task_assignees", &[(Key, "id company_id project_id task_id project_membership_id staff_membership_id")]),
    ("task_dependencies", &[(Key, "task_id predecessor_id company_id project_id"), (Secret, "kind lag_days")]),
    (
        "allowances",
        &[
            (Key, "id company_id project_id"),
            (FromTrades, "name granted_minor material_only version"),
            (Secret, "sort"),
        ],
    ),
    ("allowance_costs", &[(Key, "allowance_id company_id project_id"), (Secret, "cost_basis_minor buffer_percent")]),
    (
        "selections",
        &[
            (Key, "id company_id project_id location_id allowance_id chosen_option_id"),
            (Open, "number title instructions due_on locked_at version"),
            (Rule, "status"),
            (Secret, "created_at"),
        ],
    ),
    (
        "selection_internals",
        &[(Key, "selection_id company_id project_id"), (Secret, "original_budget_minor revised_budget_minor")],
    ),
    ("selection_trade_infos", &[(Key, "selection_id company_id project_id"), (FromClients, "trade_info")]),
    // The trade partners of a selection: rows are added and removed.
    ("selection_trades", &[(Key, "selection_id project_membership_id company_id project_id")]),
    (
        "selection_options",
        &[
            (Key, "id company_id project_id selection_id"),
            (Open, "title description is_standard lead_time_days version"),
            (FromTrades, "price_minor"),
            (Secret, "sort"),
        ],
    ),
    (
        "selection_option_costs",
        &[(Key, "option_id company_id project_id"), (Secret, "unit_cost_minor vendor vendor_sku")],
    ),
    // InternalNote: clients and trade partners do not know of the type.
    (
        "internal_notes",
        &[(Key, "id company_id project_id subject_kind subject_id author_id"), (Secret, "body created_at")],
    ),
];

impl ColumnVisibility {
    /// Whether it has to change in every row for this actor.
    pub(crate) fn is_secret_from(self, actor: &str) -> bool {
        matches!((self, actor), (Secret, _) | (FromClients, "CLIENT") | (FromTrades, "TRADE"))
    }

    /// Whether it changes at all.
    pub(crate) fn changes(self) -> bool {
        !matches!(self, Key | Public)
    }
}
