// The overview video, until the client dismisses it.
import { useClient } from 'urql';
import { perform, useData } from '../api/hooks';
import { OnboardingDismissDocument, WelcomeDocument } from '../gql/operations';

export function Welcome() {
  const client = useClient();
  const { data } = useData(WelcomeDocument, {});
  const onboarding = data?.viewer.onboarding;
  if (!onboarding?.showVideo || !onboarding.videoUrl) return null;
  return (
    <aside className="banner" aria-label="Introduction">
      <p>
        New here? <a href={onboarding.videoUrl} target="_blank" rel="noreferrer">Watch the overview</a> of this portal.
      </p>
      <button type="button" className="text-button" onClick={() => perform(client, OnboardingDismissDocument, {})}>
        Do not show again
      </button>
    </aside>
  );
}
