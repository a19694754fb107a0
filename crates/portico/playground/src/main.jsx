import { StrictMode, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { useEditorContext, usePluginStore } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import './style.css';
import { EXAMPLES, Examples } from './examples.jsx';
import { ask, getConfig, getExamples, whoIs } from './gateway.js';
import { keepPanel, keepToken, keepViews, keptPanel, keptToken, keptViews, storage } from './keep.js';
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

function App({ config }) {
  const { endpoint, tokens } = config;
  // In the demo, the first visit uses the client's token, so that there is data to see.
  const [token, setToken] = useState(() => keptToken() ?? tokens.find((known) => known.role === 'CLIENT')?.token ?? '');
  const [who, setWho] = useState({ state: 'asking' });
  const [examples, setExamples] = useState([]);
  const [views, setViews] = useState(() => living(keptViews()));

  useEffect(() => {
    let isCurrent = true;
    setWho({ state: 'asking' });
    setExamples([]);
    whoIs(endpoint, token).then((found) => isCurrent && setWho(found));
    getExamples(token).then((found) => isCurrent && setExamples(found), () => {});
    return () => {
      isCurrent = false;
    };
  }, [endpoint, token]);

  const use = (next) => {
    keepToken(next);
    setToken(next);
  };
  const useViews = (next) => {
    keepViews(next);
    setViews(next);
  };
  // GraphiQL reads the schema again when the fetcher changes.
  const fetcher = useMemo(
    () => async (body, options) => {
      const answer = await ask(endpoint, token, body, options?.headers);
      if (body.operationName !== 'IntrospectionQuery') showAnswer();
      return answer;
    },
    [endpoint, token],
  );
  const shown = useMemo(() => ({ examples, token, endpoint }), [examples, token, endpoint]);

  return (
    <>
      <Bar tokens={tokens} token={token} who={who} onToken={use}>
        <Views endpoint={endpoint} token={token} views={views} onToken={use} onViews={useViews} />
      </Bar>
      {who.message && <Refused who={who} onToken={use} />}
      <Examples.Provider value={shown}>
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
            <Forget token={token} />
            <OpenPanel />
            <WrapLines />
          </GraphiQL.Logo>
        </GraphiQL>
      </Examples.Provider>
    </>
  );
}

/** Clears the last answer when the token changes. */
function Forget({ token }) {
  const { responseEditor, updateActiveTabValues } = useEditorContext({ nonNull: true });
  useEffect(() => {
    responseEditor?.setValue('');
    updateActiveTabValues?.({ response: null });
  }, [token]);
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
