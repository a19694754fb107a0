//! Introduction for clients at their first sign-in (PRT-15).

use async_graphql::{Context, Object, SimpleObject};
use portico_actions::portal::OnboardingDismiss;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::portal::OnboardingOf;

use crate::accounts::ViewerNode;
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::load::load;
use crate::scalars::Url;

/// Introduction for clients at their first sign-in.
#[gated(CLIENT)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Onboarding {
    /// Whether to offer the overview video: one is set, and you have not dismissed it.
    show_video: bool,
    /// URL of the overview video. Null if none is set.
    video_url: Option<Url>,
}

/// The viewer's introduction; none before they have access to a project.
pub(crate) async fn own_onboarding(ctx: &Context<'_>) -> Result<Option<Onboarding>, ApiError> {
    let person = ctx.data_unchecked::<Loader>().viewer().person.as_ref().map(|person| person.id);
    let Some(person) = person else { return Ok(None) };
    let row = load(ctx, OnboardingOf(person.into())).await?;
    Ok(row.map(|row| Onboarding {
        show_video: row.is_pending && row.video_url.is_some(),
        video_url: row.video_url.clone().map(Url),
    }))
}

payload! {
    OnboardingDismissPayload for (CLIENT) {
        /// The caller, with the changed `onboarding`.
        viewer: ViewerNode,
    }
}

#[derive(Default)]
pub(crate) struct OnboardingMutations;

/// Write operations on a client's introduction.
#[gated]
#[Object]
impl OnboardingMutations {
    /// Dismisses the overview video.
    #[shared(CLIENT)]
    async fn onboarding_dismiss(&self, ctx: &Context<'_>) -> Result<OnboardingDismissPayload, ApiError> {
        Ok(match act(ctx, OnboardingDismiss).await? {
            Ok(()) => OnboardingDismissPayload::done(ViewerNode),
            Err(refused) => OnboardingDismissPayload::refused(refused),
        })
    }
}
