//! Mutations of the caller's own account and notification settings.

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use portico_actions::accounts::{AccountFields, NotificationsUpdate, PasswordChange, ViewerUpdate};
use portico_graphql_macros::gated;
use secrecy::SecretString;

use super::{SummaryFrequency, ViewerNode};
use crate::act::{act, carry_out, payload};
use crate::error::ApiError;
use crate::scalars::changed;

/// Input of `viewerUpdate`.
#[gated(CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ViewerUpdateInput {
    /// Name. Omit to keep the current value.
    name: Option<String>,
    /// Telephone number, E.164: `+13035550123`. Omit to keep the current value; `null` clears it.
    phone: MaybeUndefined<String>,
    /// Language, as a BCP 47 tag: `en-NZ`. Omit to keep the current value.
    locale: Option<String>,
    /// Time zone, an IANA name: `Pacific/Auckland`. Omit to keep the current value.
    time_zone: Option<String>,
    /// New email address. Omit to keep the current value.
    /// It takes effect when the link that is mailed there is confirmed with `emailConfirm`.
    email: Option<String>,
    /// Current password. Required with `email` if the account has a password.
    current_password: Option<SecretString>,
}

payload! {
    /// Result of `viewerUpdate`.
    ViewerUpdatePayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// The updated caller.
        viewer: ViewerNode,
    }
}

/// Input of `viewerNotificationSettingsUpdate`.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ViewerNotificationSettingsUpdateInput {
    /// Whether to send alerts immediately. Omit to keep the current value.
    instant_alerts: Option<bool>,
    /// Frequency of summary emails. Omit to keep the current value.
    summary_frequency: Option<SummaryFrequency>,
}

payload! {
    /// Result of `viewerNotificationSettingsUpdate`.
    ViewerNotificationSettingsUpdatePayload for (CLIENT, TRADE, STAFF) {
        /// The updated caller.
        viewer: ViewerNode,
    }
}

/// Input of `viewerPasswordChange`.
#[gated(CLIENT, TRADE, STAFF, SUPPORT)]
#[derive(Debug, InputObject)]
pub(crate) struct ViewerPasswordChangeInput {
    /// Current password. Omit if the account has none yet.
    current_password: Option<SecretString>,
    /// New password.
    new_password: SecretString,
}

payload! {
    /// Result of `viewerPasswordChange`.
    ViewerPasswordChangePayload for (CLIENT, TRADE, STAFF, SUPPORT) {
        /// The caller, with all other sessions ended.
        viewer: ViewerNode,
    }
}

/// Mutations of the caller's own account.
#[derive(Default)]
pub(crate) struct AccountMutations;

/// Mutations of the caller's own account.
#[gated]
#[Object]
impl AccountMutations {
    /// Changes the caller's name, telephone number, language, time zone or email address.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn viewer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `viewerUpdate`.")] input: ViewerUpdateInput,
    ) -> Result<ViewerUpdatePayload, ApiError> {
        let ViewerUpdateInput { name, phone, locale, time_zone, email, current_password } = input;
        let fields = AccountFields { name, phone: changed(phone), locale, time_zone };
        let update = ViewerUpdate { fields, email, current_password };
        Ok(match carry_out(ctx, |actor| update.run(actor)).await? {
            Ok(()) => ViewerUpdatePayload::done(ViewerNode),
            Err(refused) => ViewerUpdatePayload::refused(refused),
        })
    }

    /// Changes the caller's notification settings.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn viewer_notification_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `viewerNotificationSettingsUpdate`.")] input: ViewerNotificationSettingsUpdateInput,
    ) -> Result<ViewerNotificationSettingsUpdatePayload, ApiError> {
        let instant_alerts = input.instant_alerts;
        let summary_frequency = input.summary_frequency.map(Into::into);
        Ok(match act(ctx, NotificationsUpdate { instant_alerts, summary_frequency }).await? {
            Ok(()) => ViewerNotificationSettingsUpdatePayload::done(ViewerNode),
            Err(refused) => ViewerNotificationSettingsUpdatePayload::refused(refused),
        })
    }

    /// Changes the caller's password and ends all other sessions.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn viewer_password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `viewerPasswordChange`.")] input: ViewerPasswordChangeInput,
    ) -> Result<ViewerPasswordChangePayload, ApiError> {
        let change = PasswordChange { current: input.current_password, new: input.new_password };
        Ok(match carry_out(ctx, |actor| change.run(actor)).await? {
            Ok(()) => ViewerPasswordChangePayload::done(ViewerNode),
            Err(refused) => ViewerPasswordChangePayload::refused(refused),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_print_no_passwords() {
        let secret = || SecretString::from("hunter2");
        let update = ViewerUpdateInput {
            name: None,
            phone: MaybeUndefined::Undefined,
            locale: None,
            time_zone: None,
            email: None,
            current_password: Some(secret()),
        };
        let change = ViewerPasswordChangeInput { current_password: Some(secret()), new_password: secret() };
        for printed in [format!("{update:?}"), format!("{change:?}")] {
            assert!(printed.contains("REDACTED") && !printed.contains("hunter2"), "{printed}");
        }
    }
}
