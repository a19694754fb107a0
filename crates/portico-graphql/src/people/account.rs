//! What people do with their own accounts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::people::{AccountFields, NotificationsUpdate, PasswordChange, SessionRevoke, ViewerUpdate};
use portico_core::id::Tag;
use portico_graphql_macros::gated;

use super::{SummaryFrequency, ViewerNode};
use crate::act::{act, carry_out, payload};
use crate::error::ApiError;
use crate::ids;
use crate::scalars::changed;

/// What is to be changed of your account. What is left out stays as it is.
#[gated(CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Clone, InputObject)]
pub(crate) struct ViewerUpdateInput {
    /// Your name.
    name: Option<String>,
    /// Your telephone number, E.164: `+13035550123`. Null takes it away.
    phone: MaybeUndefined<String>,
    /// Your language, as a BCP 47 tag: `en-NZ`.
    locale: Option<String>,
    /// Your time zone, an IANA name: `Pacific/Auckland`.
    time_zone: Option<String>,
    /// Another email address. It is yours as soon as you have followed the link that is mailed there.
    email: Option<String>,
    /// Your password. Another address asks for it, if you have one.
    current_password: Option<String>,
}

payload! {
    /// What came of changing your account.
    ViewerUpdatePayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// You, as you are now.
        viewer: ViewerNode,
    }
}

/// How you wish to be told of news. What is left out stays as it is.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ViewerNotificationSettingsUpdateInput {
    /// Whether to be told at once.
    instant_alerts: Option<bool>,
    /// How often the news is to be summed up by mail.
    summary_frequency: Option<SummaryFrequency>,
}

payload! {
    /// What came of saying how you wish to be told of news.
    ViewerNotificationSettingsUpdatePayload for (CLIENT, TRADE, STAFF) {
        /// You, as you are now.
        viewer: ViewerNode,
    }
}

/// What password you want.
#[gated(CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(InputObject)]
pub(crate) struct ViewerPasswordChangeInput {
    /// The one that you have; left out if you have none yet.
    current_password: Option<String>,
    /// The one that you want.
    new_password: String,
}

payload! {
    /// What came of changing your password.
    ViewerPasswordChangePayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// You; your other sessions have ended.
        viewer: ViewerNode,
    }
}

payload! {
    /// What came of ending one of your sessions.
    SessionRevokePayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// You, with the sessions that are left.
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
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn viewer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: ViewerUpdateInput,
    ) -> Result<ViewerUpdatePayload, ApiError> {
        let ViewerUpdateInput { name, phone, locale, time_zone, email, current_password } = input;
        let fields = AccountFields { name, phone: changed(phone), locale, time_zone };
        let update = ViewerUpdate { fields, email, current_password };
        Ok(match carry_out(ctx, |actor| update.run(actor)).await? {
            Ok(()) => ViewerUpdatePayload::done(ViewerNode),
            Err(refused) => ViewerUpdatePayload::refused(refused),
        })
    }

    /// Says how you wish to be told of news.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn viewer_notification_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How.")] input: ViewerNotificationSettingsUpdateInput,
    ) -> Result<ViewerNotificationSettingsUpdatePayload, ApiError> {
        let instant_alerts = input.instant_alerts;
        let summary_frequency = input.summary_frequency.map(Into::into);
        Ok(match act(ctx, NotificationsUpdate { instant_alerts, summary_frequency }).await? {
            Ok(()) => ViewerNotificationSettingsUpdatePayload::done(ViewerNode),
            Err(refused) => ViewerNotificationSettingsUpdatePayload::refused(refused),
        })
    }

    /// Changes your own password. Your other sessions end.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn viewer_password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old one and the new one.")] input: ViewerPasswordChangeInput,
    ) -> Result<ViewerPasswordChangePayload, ApiError> {
        let change = PasswordChange { current: input.current_password, new: input.new_password };
        Ok(match carry_out(ctx, |actor| change.run(actor)).await? {
            Ok(()) => ViewerPasswordChangePayload::done(ViewerNode),
            Err(refused) => ViewerPasswordChangePayload::refused(refused),
        })
    }

    /// Ends one of your own sessions, wherever it is.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: ID,
    ) -> Result<SessionRevokePayload, ApiError> {
        let session = ids::read(&id, "id")?.of_kind(Tag::SESSION).map(Into::into);
        Ok(match act(ctx, SessionRevoke { session }).await? {
            Ok(()) => SessionRevokePayload::done(ViewerNode),
            Err(refused) => SessionRevokePayload::refused(refused),
        })
    }
}
