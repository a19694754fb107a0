//! Write operations on the company.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use portico_actions::company::CompanyUpdate;
use portico_graphql_macros::gated;

use super::enums::Region;
use super::{Company, own_company};
use crate::act::{carry_out, payload};
use crate::error::ApiError;

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CompanyUpdateInput {
    expected_version: i32,
    /// Name.
    name: Option<String>,
    /// Public telephone number.
    public_phone: MaybeUndefined<String>,
    /// Market; the installation must have a host for it.
    region: Option<Region>,
    /// The company's own portal host; the installation must list it for the company.
    portal_host: MaybeUndefined<String>,
}

payload! {
    CompanyUpdatePayload for (STAFF) {
        /// The company.
        company: Company,
    }
}

#[derive(Default)]
pub(crate) struct CompanyMutations;

/// Write operations on the company.
#[gated]
#[Object]
impl CompanyMutations {
    /// Changes the company's name, telephone number, region or portal host.
    #[requires(SETTINGS_MANAGE)]
    async fn company_update(
        &self,
        ctx: &Context<'_>,
        input: CompanyUpdateInput,
    ) -> Result<CompanyUpdatePayload, ApiError> {
        let update = CompanyUpdate {
            expected_version: input.expected_version,
            name: input.name,
            public_phone: input.public_phone.into(),
            region: input.region.map(Into::into),
            portal_host: input.portal_host.into(),
        };
        Ok(match carry_out(ctx, |actor| update.run(actor)).await? {
            Ok(_) => CompanyUpdatePayload::done(own_company(ctx).await?),
            Err(refused) => CompanyUpdatePayload::refused(refused),
        })
    }
}
