//! What people do with their own accounts.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use portico_actions::people::ViewerUpdate;
use portico_graphql_macros::gated;

use super::ViewerNode;
use crate::act::{act, payload};
use crate::error::ApiError;

/// What is to be changed of your account. What is left out stays as it is.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ViewerUpdateInput {
    /// Your name.
    name: Option<String>,
    /// Your telephone number, E.164: `+13035550123`. Null takes it away.
    phone: MaybeUndefined<String>,
    /// Your language, as a BCP 47 tag: `en-NZ`.
    locale: Option<String>,
    /// Your time zone, an IANA name: `Pacific/Auckland`.
    time_zone: Option<String>,
}

payload! {
    /// What came of changing your account.
    ViewerUpdatePayload for (CLIENT, TRADE, STAFF) {
        /// You, as you are now.
        viewer: ViewerNode,
    }
}

/// What people do with their own accounts.
#[derive(Default)]
pub(crate) struct AccountMutations;

/// What people do with their own accounts.
#[gated]
#[Object]
impl AccountMutations {
    /// Changes your own name, telephone number, language or time zone.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn viewer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: ViewerUpdateInput,
    ) -> Result<ViewerUpdatePayload, ApiError> {
        let ViewerUpdateInput { name, phone, locale, time_zone } = input;
        let phone = match phone {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(phone) => Some(Some(phone)),
        };
        Ok(match act(ctx, ViewerUpdate { name, phone, locale, time_zone }).await? {
            Ok(()) => ViewerUpdatePayload::done(ViewerNode),
            Err(refused) => ViewerUpdatePayload::refused(refused),
        })
    }
}
