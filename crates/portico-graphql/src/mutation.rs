//! Root of the write operations, by module.

use async_graphql::MergedObject;

use crate::accounts::AccountMutations;
use crate::calendar::CalendarFeedMutations;
use crate::company::{CompanyMutations, StaffMutations};
use crate::contacts::ClientMutations;
use crate::files::{AlbumMutations, AttachmentMutations, FileMutations, FilesAddressMutations};
use crate::invitations::InvitationMutations;
use crate::keys::ApiKeyMutations;
use crate::leads::{ConvertMutations, LeadFormMutations, LeadMutations, LeadSubmitMutations};
use crate::links::{EmailConfirmMutations, LinkMutations};
use crate::mail::TemplateMutations;
use crate::memberships::{ProjectClientMutations, ProjectTradeMutations};
use crate::messages::ThreadMutations;
use crate::portal::{HelpMutations, OnboardingMutations, SettingsMutations};
use crate::projects::{ProjectMutations, ProjectSetupMutations};
use crate::selections::SelectionMutations;
use crate::sessions::{SessionMutations, SignInMutations, SignOutMutations};
use crate::support::SupportMutations;

/// Write operations.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    CallerMutations,
    CompanyMutations,
    StaffMutations,
    MemberMutations,
    ProjectAndPortalMutations,
    LeadAndFormMutations,
    ApiKeyMutations,
    TemplateMutations,
    SupportMutations,
);

// In groups, since merged objects nest, and the compiler limits the depth.

/// Mutations of the caller's own links, sessions and account.
#[derive(MergedObject, Default)]
struct CallerMutations(
    LinkMutations,
    SignInMutations,
    EmailConfirmMutations,
    SignOutMutations,
    AccountMutations,
    SessionMutations,
    OnboardingMutations,
);

/// Mutations of contacts, of their memberships and invitations, and of members' threads, files and calendar feeds.
#[derive(MergedObject, Default)]
struct MemberMutations(
    ClientMutations,
    ProjectClientMutations,
    InvitationMutations,
    ProjectTradeMutations,
    ThreadMutations,
    FileMutations,
    AttachmentMutations,
    FilesAddressMutations,
    AlbumMutations,
    CalendarFeedMutations,
);

/// Mutations of projects with their selections, and of companies' portals.
#[derive(MergedObject, Default)]
struct ProjectAndPortalMutations(
    ProjectMutations,
    ProjectSetupMutations,
    SelectionMutations,
    SettingsMutations,
    HelpMutations,
);

/// Mutations of leads and lead forms.
#[derive(MergedObject, Default)]
struct LeadAndFormMutations(LeadSubmitMutations, LeadFormMutations, LeadMutations, ConvertMutations);
