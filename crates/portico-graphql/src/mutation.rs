//! Root of the write operations, by module.

use async_graphql::MergedObject;

use crate::accounts::AccountMutations;
use crate::calendar::CalendarFeedMutations;
use crate::company::{CompanyMutations, StaffMutations, WorkCalendarMutations};
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
use crate::schedule::{ScheduleDelayMutations, ScheduleDraftMutations, ScheduleTemplateMutations, TaskMutations};
use crate::selections::{AllowanceMutations, SelectionMutations, SelectionStaffMutations};
use crate::sessions::{SessionMutations, SignInMutations, SignOutMutations, ViewAsMutations};
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
    ViewAsMutations,
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

/// Mutations of projects with their schedules and selections, and of companies' portals and work calendars.
#[derive(MergedObject, Default)]
struct ProjectAndPortalMutations(
    ProjectMutations,
    ProjectSetupMutations,
    ScheduleDraftMutations,
    TaskMutations,
    ScheduleTemplateMutations,
    ScheduleDelayMutations,
    SelectionMutations,
    SelectionStaffMutations,
    AllowanceMutations,
    SettingsMutations,
    HelpMutations,
    WorkCalendarMutations,
);

/// Mutations of leads and lead forms.
#[derive(MergedObject, Default)]
struct LeadAndFormMutations(LeadSubmitMutations, LeadFormMutations, LeadMutations, ConvertMutations);
