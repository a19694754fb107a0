// The session of this browser, then the project in the address.
import { useCallback, useEffect, useMemo, useState } from 'react';
import { Provider, useClient } from 'urql';
import { newClient } from './api/client';
import { perform, useData } from './api/hooks';
import { setLocale } from './format';
import { ProjectListDocument, SignOutDocument } from './gql/operations';
import { forgetDrafts } from './parts/draft';
import { Loaded } from './parts/page';
import { Projects, Unserved } from './pages/projects';
import { SignIn } from './pages/sign-in';
import { ShownProject } from './project';
import { navigate, pathTo, useParts } from './router';
import { Section } from './section';
import { Shell } from './shell';
import { applyColors, PLAIN } from './theme';

export function App() {
  // A new number is a new session, with a client and a cache of its own.
  const [session, setSession] = useState({ number: 0, isOpen: true });
  const onSignedOut = useCallback(() => setSession((last) => ({ ...last, isOpen: false })), []);
  const onSignedIn = useCallback(() => setSession((last) => ({ number: last.number + 1, isOpen: true })), []);
  const [isReached, setReached] = useState(true);
  const client = useMemo(() => newClient(onSignedOut, setReached), [session.number, onSignedOut]);
  return (
    <Provider value={client}>
      {session.isOpen ? <Portal key={session.number} isReached={isReached} onSignedOut={onSignedOut} /> : <SignIn onSignedIn={onSignedIn} />}
    </Provider>
  );
}

function Portal({ isReached, onSignedOut }: { isReached: boolean; onSignedOut: () => void }) {
  const read = useData(ProjectListDocument, {});
  const client = useClient();
  const parts = useParts();
  const viewer = read.data?.viewer;
  const projects = viewer?.projects.nodes ?? [];
  const project = projects.find((one) => one.id === parts[0]);
  const only = projects.length === 1 ? projects[0] : undefined;
  const signOut = useCallback(async () => {
    await perform(client, SignOutDocument, {});
    forgetDrafts();
    navigate(pathTo(), { replace: true });
    onSignedOut();
  }, [client, onSignedOut]);

  useEffect(() => {
    applyColors(project?.portal?.branding ?? PLAIN);
    if (viewer) setLocale(viewer.locale);
  }, [project, viewer]);
  useEffect(() => {
    if (only && parts.length === 0) navigate(pathTo(only.id), { replace: true });
  }, [only, parts.length]);

  // The schemas of trade partners and support lack fields of this query.
  if (read.fault?.code === 'GRAPHQL_VALIDATION_FAILED') return <Unserved onSignOut={signOut} />;
  if (!viewer) {
    return (
      <main className="alone">
        <Loaded read={read}>{() => null}</Loaded>
      </main>
    );
  }
  // The role of this session; other roles have other schemas, and other frontends.
  if ((viewer.role as string) !== 'CLIENT') return <Unserved name={viewer.name} onSignOut={signOut} />;
  if (!project) return <Projects viewer={viewer} onSignOut={signOut} />;
  return (
    <ShownProject value={{ viewer, project, signOut, isReached }}>
      <Shell parts={parts.slice(1)}>
        <Section key={parts.join('/')} parts={parts.slice(1)} />
      </Shell>
    </ShownProject>
  );
}
