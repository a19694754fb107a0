// Panel of example operations that frontends send as the caller's role.
import { createContext, useContext, useEffect, useState } from 'react';
import { useEditorContext } from '@graphiql/react';
import { Sender } from './copy.jsx';
import { filledIn } from './records.js';

export const Examples = createContext({ examples: [] });

const ROLES = { public: 'Without a token', client: 'For clients', trade: 'For trades', staff: 'For staff', owner: 'For owners', reporting: 'For reports', support: 'For support' };

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M4 5.5h16M4 12h10M4 18.5h7M17 14.5v7l5-3.5z" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

function Panel() {
  const { examples } = useContext(Examples);
  const { caller, endpoint } = useContext(Sender);
  const { queryEditor, variableEditor, addTab } = useEditorContext({ nonNull: true });
  const [next, setNext] = useState(null);

  // The editors contain the values of a new tab only after it is shown.
  useEffect(() => {
    if (!next) return;
    queryEditor?.setValue(next.query);
    variableEditor?.setValue(next.variables);
    queryEditor?.focus();
  }, [next]);

  const open = async (example) => {
    const variables = await filledIn(endpoint, caller, example);
    const hasAny = Object.keys(variables).length > 0;
    if (queryEditor.getValue().trim()) addTab();
    setNext({ query: example.query, variables: hasAny ? JSON.stringify(variables, null, 2) : '' });
  };

  const roles = [...new Set(examples.map((example) => example.role))];
  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      {examples.length === 0 && <p>The schema of this caller admits none of the examples.</p>}
      {roles.map((role) => (
        <div key={role}>
          <h3>{ROLES[role] ?? role}</h3>
          <ul>
            {examples.filter((example) => example.role === role).map((example) => (
              <li key={example.name}>
                <button type="button" data-example={example.name} data-role={example.role} onClick={() => open(example)}>
                  <strong>
                    {example.name}
                    {example.isMutation && <small>mutation</small>}
                  </strong>
                  <span>{example.about}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <footer>
        History and tabs stay in this browser; the token is forgotten with this tab.{' '}
        <a href="/playground/licenses.txt" target="_blank" rel="noreferrer">
          Licenses
        </a>
      </footer>
    </section>
  );
}

export const EXAMPLES = { title: 'Examples', icon: Icon, content: Panel };
