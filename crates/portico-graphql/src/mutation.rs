//! Root of the write operations, by module.

use async_graphql::MergedObject;

use crate::company::{CompanyMutations, StaffMutations};
use crate::leads::{ConvertMutations, LeadFormMutations, LeadMutations, LeadSubmitMutations};
use crate::mail::TemplateMutations;
use crate::people::{
    AccountMutations, ApiKeyMutations, ClientMutations, ProjectClientMutations, ProjectTradeMutations, SignInMutations,
};
use crate::portal::{HelpMutations, OnboardingMutations, SettingsMutations};
use crate::projects::{ProjectMutations, ProjectSetupMutations};
use crate::support::SupportMutations;

/// Write operations.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    SignInMutations,
    AccountMutations,
    OnboardingMutations,
    CompanyMutations,
    StaffMutations,
    ClientMutations,
    ProjectClientMutations,
    ProjectTradeMutations,
    ProjectMutations,
    ProjectSetupMutations,
    SettingsMutations,
    HelpMutations,
    LeadSubmitMutations,
    LeadFormMutations,
    LeadMutations,
    ConvertMutations,
    ApiKeyMutations,
    TemplateMutations,
    SupportMutations,
);
