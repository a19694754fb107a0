import { StrictMode, useCallback, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useEditorContext, usePluginStore } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import './style.css';
import { CopyAs, Sender } from './copy.jsx';
import { EXAMPLES, Examples } from './examples.jsx';
import { BROWSER_SESSION, ask, getConfig, getExamples, whoIs } from './gateway.js';
import { keepCaller, keepPanel, keepViews, keptCaller, keptPanel, keptViews, storage } from './keep.js';
import { Bar, Refused } from './session.jsx';
import { Views, living } from './views.jsx';

const PLUGINS = [EXAMPLES];
const FIRST_QUERY = `# Each token sees a schema of its own. Choose
# another above: the documentation follows.
#
#   Ctrl-Enter   runs the operation
#   Ctrl-Space   shows what may stand here

{
  viewer {
    role
    name
    projects(first: 3) {
      nodes {
        name
        milestones { name status }
      }
    }
  }
}
`;

// For everyone else: it is valid in the schema without a token, and in every other.
const FIRST_PUBLIC_QUERY = `# This is the schema without a token. \`signIn\` returns
# a token for an email address and a password. Paste it
# above: the schema and the documentation follow.
#
#   Ctrl-Enter   runs the operation
#   Ctrl-Space   shows what may stand here

{
  __schema {
    queryType {
      fields { name description }
    }
    mutationType {
      fields { name description }
    }
  }
}
`;

/** Shows the answer where it stands below the editors. */
function showAnswer() {
  if (!window.matchMedia('(max-width: 760px)').matches) return;
  requestAnimationFrame(() => document.querySelector('.graphiql-response')?.scrollIntoView({ block: 'start' }));
}

/** The account that is signed in in this browser, asked again when the user returns to the page: another tab may have signed out. */
function useBrowserSession(endpoint) {
  const [session, setSession] = useState({ state: 'asking' });
  const refresh = useCallback(
    () => whoIs(endpoint, BROWSER_SESSION).then((found) => setSession((known) => (isSame(known, found) ? known : found))),
    [endpoint],
  );
  useEffect(() => {
    refresh();
    window.addEventListener('focus', refresh);
    return () => window.removeEventListener('focus', refresh);
  }, [refresh]);
  return [session, refresh];
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function App({ config }) {
  const { endpoint, tokens } = config;
  // In the demo, the first visit uses the client's token, so that there is data to see.
  const [caller, setCaller] = useState(() => keptCaller() ?? tokens.find((known) => known.role === 'CLIENT')?.token ?? '');
  const [session, refreshSession] = useBrowserSession(endpoint);
  const [owner, setOwner] = useState({ state: 'asking' });
  const [examples, setExamples] = useState([]);
  const [views, setViews] = useState(() => living(keptViews()));
  const isSession = caller === BROWSER_SESSION;
  const who = isSession ? session : owner;
  // A token always belongs to the same account; the session may get another one.
  const account = isSession ? (session.id ?? session.state) : '';

  useEffect(() => {
    let isCurrent = true;
    setOwner({ state: 'asking' });
    setExamples([]);
    if (!isSession) whoIs(endpoint, caller).then((found) => isCurrent && setOwner(found));
    getExamples(caller).then((found) => isCurrent && setExamples(found), () => {});
    return () => {
      isCurrent = false;
    };
  }, [endpoint, caller, account]);

  const use = (next) => {
    keepCaller(next);
    setCaller(next);
    if (next === BROWSER_SESSION) refreshSession();
  };
  const useViews = (next) => {
    keepViews(next);
    setViews(next);
  };
  // GraphiQL reads the schema again when the fetcher changes.
  const fetcher = useMemo(
    () => async (body, options) => {
      const answer = await ask(endpoint, caller, body, options?.headers);
      if (body.operationName !== 'IntrospectionQuery') {
        showAnswer();
        // It may have signed in or out.
        if (isSession && body.query.includes('mutation')) refreshSession();
      }
      return answer;
    },
    [endpoint, caller, account],
  );
  const shown = useMemo(() => ({ examples }), [examples]);
  const sender = useMemo(() => ({ caller, endpoint }), [caller, endpoint]);

  return (
    <>
      <Bar tokens={tokens} caller={caller} who={who} session={session} onCaller={use}>
        <Views endpoint={endpoint} caller={caller} account={account} views={views} onCaller={use} onViews={useViews} />
      </Bar>
      {who.message && <Refused who={who} onCaller={use} />}
      <Examples.Provider value={shown}>
        <Sender.Provider value={sender}>
          <GraphiQL
            fetcher={fetcher}
            plugins={PLUGINS}
            onTogglePluginVisibility={keepPanel}
            storage={storage}
            defaultQuery={tokens.length > 0 ? FIRST_QUERY : FIRST_PUBLIC_QUERY}
            defaultEditorToolsVisibility="variables"
            shouldPersistHeaders={false}
            schemaDescription
          >
            <GraphiQL.Logo>
              <Forget caller={caller} account={account} />
              <OpenPanel />
              <WrapLines />
            </GraphiQL.Logo>
            <GraphiQL.Toolbar>{toolbar}</GraphiQL.Toolbar>
          </GraphiQL>
        </Sender.Provider>
      </Examples.Provider>
    </>
  );
}

const toolbar = ({ prettify, merge, copy }) => (
  <>
    {prettify}
    {merge}
    {copy}
    <CopyAs />
  </>
);

/** Clears the last answer when the caller changes. */
function Forget({ caller, account }) {
  const { responseEditor, updateActiveTabValues } = useEditorContext({ nonNull: true });
  useEffect(() => {
    responseEditor?.setValue('');
    updateActiveTabValues?.({ response: null });
  }, [caller, account]);
  return null;
}

/** Opens the panel that was open last. GraphiQL has no option for that: a plugin that is preselected stays collapsed. */
function OpenPanel() {
  const areThere = usePluginStore().plugins.length > 0;
  useEffect(() => {
    if (areThere) document.querySelector(`.graphiql-sidebar [aria-label="Show ${keptPanel()}"]`)?.click();
  }, [areThere]);
  return null;
}

/** Wraps long lines, so that they fit on a phone. GraphiQL does not pass options to its editors. */
function WrapLines() {
  const { queryEditor, variableEditor, headerEditor, responseEditor } = useEditorContext({ nonNull: true });
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, headerEditor, responseEditor]) editor?.setOption('lineWrapping', true);
  }, [queryEditor, variableEditor, headerEditor, responseEditor]);
  return null;
}

const root = document.getElementById('root');
getConfig().then(
  (config) =>
    createRoot(root).render(
      <StrictMode>
        <App config={config} />
      </StrictMode>,
    ),
  () => {
    root.textContent = 'The gateway does not answer. Load the page again in a while.';
  },
);
