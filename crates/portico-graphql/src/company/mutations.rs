//! Changes the company itself.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use portico_actions::company::CompanyUpdate;
use portico_graphql_macros::gated;

use super::enums::Region;
use super::{Company, own_company};
use crate::act::{act, payload};
use crate::error::ApiError;

/// Changes of the company. Omit to keep the current value; `null` clears it.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct CompanyUpdateInput {
    /// Version that was read. A mismatch is rejected with CONFLICT.
    expected_version: i32,
    /// Name.
    name: Option<String>,
    /// Telephone number for the public, with the country: `+13605550100`.
    public_phone: MaybeUndefined<String>,
    /// Region, of those that the installation has a host for.
    region: Option<Region>,
    /// The company's own portal host, of those that the installation's configuration lists for it.
    portal_host: MaybeUndefined<String>,
}

payload! {
    /// Result of `companyUpdate`.
    CompanyUpdatePayload for (STAFF) {
        /// The company.
        company: Company,
    }
}

/// Changes the company itself.
#[derive(Default)]
pub(crate) struct CompanyMutations;

/// Changes the company itself.
#[gated]
#[Object]
impl CompanyMutations {
    /// Changes the company's name, public telephone number, region or portal host.
    #[requires(SETTINGS_MANAGE)]
    async fn company_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: CompanyUpdateInput,
    ) -> Result<CompanyUpdatePayload, ApiError> {
        let update = CompanyUpdate {
            expected_version: input.expected_version,
            name: input.name,
            public_phone: input.public_phone.into(),
            region: input.region.map(Into::into),
            portal_host: input.portal_host.into(),
        };
        Ok(match act(ctx, update).await? {
            Ok(_) => CompanyUpdatePayload::done(own_company(ctx).await?),
            Err(refused) => CompanyUpdatePayload::refused(refused),
        })
    }
}
