//! The root of all mutations, room by room.

use async_graphql::MergedObject;

use crate::people::{AccountMutations, SignInMutations};
use crate::portal::{HelpMutations, OnboardingMutations, SettingsMutations};

/// What can be done.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(SignInMutations, AccountMutations, OnboardingMutations, SettingsMutations, HelpMutations);
