// Views of clients' portals, for staff whose schema has `viewAsStart`.
import { useEffect, useState } from 'react';
import { BROWSER_SESSION, ask } from './gateway.js';

const MUTATIONS = '{ __type(name: "Mutation") { fields { name } } }';
const PROJECTS = '{ viewer { projects(first: 100) { nodes { id name } } } }';
const CLIENTS = 'query ($project: ID!) { project(id: $project) { clients { id name accessLevel } } }';
const START = `mutation ($membership: ID!) {
  viewAsStart(input: { membershipId: $membership }) { token expiresAt userErrors { message } }
}`;
const END = 'mutation { signOut { isSignedOut } }';

/** Whether the caller's schema can start views. */
async function mayStart(endpoint, caller) {
  const answer = await ask(endpoint, caller, { query: MUTATIONS }).catch(() => ({}));
  return (answer.data?.__type?.fields ?? []).some((field) => field.name === 'viewAsStart');
}

/** Views that have not expired. The page forgets each when it expires, as the gateway does. */
export const living = (views) => views.filter((view) => Date.parse(view.expiresAt) > Date.now());

const until = (view) => new Date(view.expiresAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** In the bar: the open views and the caller who started them, and a button that starts another. `account` changes with the account of the browser's session. */
export function Views({ endpoint, caller, account, views, onCaller, onViews }) {
  const [canStart, setCanStart] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const current = views.find((view) => view.token === caller);

  useEffect(() => {
    let isCurrent = true;
    setCanStart(false);
    setOpen(false);
    if (caller && !current) mayStart(endpoint, caller).then((may) => isCurrent && setCanStart(may));
    return () => {
      isCurrent = false;
    };
  }, [endpoint, caller, account]);

  useEffect(() => {
    if (views.length === 0) return undefined;
    const next = Math.min(...views.map((view) => Date.parse(view.expiresAt))) - Date.now();
    const timer = setTimeout(() => {
      if (current && living([current]).length === 0) onCaller(current.own);
      onViews(living(views));
    }, Math.max(next, 0) + 500);
    return () => clearTimeout(timer);
  }, [views, caller]);

  const end = async () => {
    await ask(endpoint, current.token, { query: END }).catch(() => {});
    onCaller(current.own);
    onViews(views.filter((view) => view !== current));
  };
  const own = current?.own ?? caller;
  const mine = views.filter((view) => view.own === own);
  return (
    <>
      {mine.length > 0 && (
        <div className="views" role="group" aria-label="Views of portals">
          <button type="button" aria-pressed={!current} onClick={() => onCaller(own)}>
            {own === BROWSER_SESSION ? 'Your session' : 'Your token'}
          </button>
          {mine.map((view) => (
            <button type="button" key={view.token} aria-pressed={view === current} onClick={() => onCaller(view.token)}>
              {view.client}, {view.project} <small>until {until(view)}</small>
            </button>
          ))}
        </div>
      )}
      {current && (
        <button type="button" className="view-button" onClick={end}>
          End view
        </button>
      )}
      {canStart && (
        <button type="button" className="view-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          View as client
        </button>
      )}
      {canStart && isOpen && (
        <Start
          endpoint={endpoint}
          caller={caller}
          onStarted={(view) => {
            onViews([...living(views), view]);
            onCaller(view.token);
          }}
        />
      )}
    </>
  );
}

/** Choice of a project and one of its clients with access to the portal. */
function Start({ endpoint, caller, onStarted }) {
  const [projects, setProjects] = useState([]);
  const [project, setProject] = useState('');
  const [clients, setClients] = useState(null);
  const [client, setClient] = useState('');
  const [problem, setProblem] = useState('');

  useEffect(() => {
    ask(endpoint, caller, { query: PROJECTS }).then(
      (answer) => setProjects(answer.data?.viewer?.projects?.nodes ?? []),
      (error) => setProblem(error.message),
    );
  }, []);

  useEffect(() => {
    let isCurrent = true;
    setClients(null);
    setClient('');
    if (!project) return undefined;
    ask(endpoint, caller, { query: CLIENTS, variables: { project } }).then(
      (answer) => {
        const all = answer.data?.project?.clients ?? [];
        if (isCurrent) setClients(all.filter((found) => found.accessLevel === 'PORTAL'));
      },
      (error) => isCurrent && setProblem(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [project]);

  const start = async (event) => {
    event.preventDefault();
    setProblem('');
    try {
      const answer = await ask(endpoint, caller, { query: START, variables: { membership: client } });
      const started = answer.data?.viewAsStart;
      const message = answer.errors?.[0]?.message ?? started?.userErrors[0]?.message;
      if (message) return setProblem(message);
      const nameOf = (list, id) => list.find((found) => found.id === id)?.name ?? '';
      const names = { client: nameOf(clients, client), project: nameOf(projects, project) };
      onStarted({ token: started.token, expiresAt: started.expiresAt, own: caller, ...names });
    } catch (error) {
      setProblem(error.message);
    }
  };
  return (
    <form className="view-start" aria-label="View as client" onSubmit={start}>
      <select aria-label="Project" value={project} onChange={(event) => setProject(event.target.value)}>
        <option value="">Choose a project</option>
        {projects.map((found) => (
          <option key={found.id} value={found.id}>
            {found.name}
          </option>
        ))}
      </select>
      <select aria-label="Client" value={client} disabled={!clients?.length} onChange={(event) => setClient(event.target.value)}>
        <option value="">{clients?.length === 0 ? 'No client has access' : 'Choose a client'}</option>
        {(clients ?? []).map((found) => (
          <option key={found.id} value={found.id}>
            {found.name}
          </option>
        ))}
      </select>
      <button type="submit" disabled={!client}>
        Start view
      </button>
      <p>Shows the project as this client sees it, for 15 minutes. Changes nothing; the audit log records it.</p>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}
