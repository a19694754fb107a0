//! How clients are shown around when they first sign in (PRT-15).

use async_graphql::{Context, Object, SimpleObject};
use portico_actions::portal::OnboardingDismiss;
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::portal::OnboardingOf;

use crate::act::{act, payload};
use crate::error::ApiError;
use crate::load::load;
use crate::people::ViewerNode;
use crate::scalars::Url;

/// What you are shown when you first sign in.
#[gated(CLIENT)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct Onboarding {
    /// Whether to offer the overview video: there is one, and you have not dismissed it.
    show_video: bool,
    /// The overview video. Null while there is none.
    video_url: Option<Url>,
}

/// What the viewer is shown; none before they have access to anything.
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
    /// What came of dismissing the overview video.
    OnboardingDismissPayload for (CLIENT) {
        /// You, who are not offered it again.
        viewer: ViewerNode,
    }
}

/// How clients are shown around.
#[derive(Default)]
pub(crate) struct OnboardingMutations;

/// How clients are shown around.
#[gated]
#[Object]
impl OnboardingMutations {
    /// Says that you have seen the overview video, or do not wish to.
    #[shared(CLIENT)]
    async fn onboarding_dismiss(&self, ctx: &Context<'_>) -> Result<OnboardingDismissPayload, ApiError> {
        Ok(match act(ctx, OnboardingDismiss).await? {
            Ok(()) => OnboardingDismissPayload::done(ViewerNode),
            Err(refused) => OnboardingDismissPayload::refused(refused),
        })
    }
}
