//! Who may know each column, written by hand from section 2 of the domain's description, not from role views or documents.
//!
//! A column that is not here fails a test, so that nobody adds one without deciding.

/// Who may know a column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Names or relates rows. It stays what it is; hidden rows come and go with theirs.
    Key,
    /// Stands on a company's front door, for anybody.
    Public,
    /// Whoever may see the row may know it. It changes in rows that are hidden.
    Open,
    /// Decides who sees what. It changes wherever that decides nothing for the caller.
    Rule,
    /// No client and no trade partner may know it, of any row. It changes in every row.
    Secret,
    /// As [`Kept::Open`] for trade partners; as [`Kept::Secret`] for clients.
    FromClients,
    /// As [`Kept::Open`] for clients; as [`Kept::Secret`] for trade partners.
    FromTrades,
}
use Kept::{FromClients, FromTrades, Key, Open, Public, Rule, Secret};

/// A table, and its columns by who may know them.
pub(crate) type Table = (&'static str, &'static [(Kept, &'static str)]);

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
    // CompanyPortal: how one signs in stands on the front door; clients are given the guide and the video.
    (
        "company_portals",
        &[
            (Key, "company_id"),
            (Public, "offers_password offers_link"),
            (FromTrades, "guide_url onboarding_video_url"),
            (Secret, "default_features default_schedule_share"),
        ],
    ),
    // HelpArticle: published, where a project of the client's offers help. Its place among all tells how many there are.
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
    // Onboarding: to the person alone.
    ("onboardings", &[(Key, "identity_id"), (Open, "dismissed_at")]),
    // EmailTemplate: staff's with a permission. What is in the queue of jobs is the worker's alone.
    ("email_templates", &[(Key, "company_id key"), (Secret, "body version updated_at")]),
    (
        "jobs",
        &[
            (Key, "id company_id"),
            (Secret, "kind key payload state attempts"),
            (Secret, "next_attempt_at last_error created_at finished_at last_attempt_at"),
            // Made from the key.
            (Secret, "subject_id"),
        ],
    ),
    // Identity: to the person alone; the name also as that of a team member or of somebody on the same task.
    (
        "identities",
        &[
            (Key, "id"),
            (Open, "email email_canonical name phone locale time_zone"),
            (Rule, "claimed_at disabled_at created_at"),
        ],
    ),
    // Contact: all of it is the company's. The name is told to trades who are on the same task.
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
    // Lead: all of it is the company's. What its form is like is told to nobody who asks questions.
    (
        "leads",
        &[
            (Key, "id company_id contact_id project_id"),
            (Secret, "state source message interest created_at updated_at version search_text"),
        ],
    ),
    // The address of the form, and whether it is open, stand on the company's front door (PRT-18).
    ("lead_forms", &[(Key, "company_id"), (Public, "key is_open"), (Secret, "allowed_origins created_at")]),
    // Who supports the platform is nobody's business.
    ("support_agents", &[(Key, "identity_id"), (Secret, "host since ended_at")]),
    // What somebody is in the company, and what they may do there.
    (
        "staff_memberships",
        &[(Key, "id company_id identity_id"), (Secret, "role title permissions removed_at created_at")],
    ),
    ("staff_internals", &[(Key, "staff_membership_id company_id"), (Secret, "pay_rate_minor private_phone")]),
    // Session: to the person alone, and the hash to nobody: it is what they signed in with.
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
    // PortalSettings: a client knows the features, the guide, and the view that follows from the share.
    ("project_portals", &[(Key, "project_id company_id"), (FromTrades, "features schedule_share guide_url")]),
    ("locations", &[(Key, "id company_id project_id"), (Open, "name sort")]),
    // ProjectMembership: clients know their fellow clients by name, relationship and who is primary; nobody knows the
    // rights of others.
    (
        "project_memberships",
        &[
            (Key, "id company_id project_id contact_id identity_id kind"),
            (Open, "relationship is_primary"),
            (Rule, "can_see_status can_pay access_level web_access removed_at"),
            (Secret, "created_at"),
        ],
    ),
    // What a company settles for a client: its label is nobody's, and how one is told of news is oneself's.
    (
        "project_client_settings",
        &[(Key, "membership_id company_id project_id"), (Secret, "label"), (Rule, "instant_alerts summary_frequency")],
    ),
    // Invitation: nothing of it is a client's to know.
    (
        "invitations",
        &[
            (Key, "id company_id project_id membership_id invited_by"),
            (Secret, "template sent_at expires_at accepted_at"),
            (Rule, "state ended_at"),
        ],
    ),
    // TeamMember: on the project and shown. Places in a list tell how many hidden ones stand before.
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
            // For trades it is a secret, since what clients are shown is not theirs to know.
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
    // Who is on a task is told to trades on the same task alone: rows come and go.
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
    // Which trades a selection concerns: rows come and go.
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
    // InternalNote: clients and trades do not know that there is such a thing.
    (
        "internal_notes",
        &[(Key, "id company_id project_id subject_kind subject_id author_id"), (Secret, "body created_at")],
    ),
];

impl Kept {
    /// Whether it has to change in every row of a world of this actor's.
    pub(crate) fn is_secret_from(self, actor: &str) -> bool {
        matches!((self, actor), (Secret, _) | (FromClients, "CLIENT") | (FromTrades, "TRADE"))
    }

    /// Whether it changes at all.
    pub(crate) fn changes(self) -> bool {
        !matches!(self, Key | Public)
    }
}
