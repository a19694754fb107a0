//! The root of all mutations, room by room.

use async_graphql::MergedObject;

use crate::leads::{ConvertMutations, LeadFormMutations, LeadMutations};
use crate::people::{AccountMutations, ClientMutations};
use crate::projects::ProjectMutations;

/// What can be done.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    AccountMutations,
    ClientMutations,
    ProjectMutations,
    LeadFormMutations,
    LeadMutations,
    ConvertMutations,
);
