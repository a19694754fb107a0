// Menu in the editor's toolbar that copies the operation as a command or program.
import { createContext, useContext, useEffect, useState } from 'react';
import { ToolbarMenu, useEditorContext } from '@graphiql/react';
import { VARIABLE, curl, python, typeScript } from './code.js';
import { BROWSER_SESSION } from './gateway.js';

/** Caller and endpoint of the operations in the editor. */
export const Sender = createContext({ caller: '', endpoint: '' });

const FORMS = [
  ['curl', curl],
  ['TypeScript', typeScript],
  ['Python', python],
];
/** Time for which the message is shown, in milliseconds. */
const SHOWN = 6_000;
// The page sets the first two itself, and browsers send no such cookie from a script.
const OWN_HEADERS = ['authorization', 'content-type', 'cookie'];

const parsed = (name, text) => {
  if (!text?.trim()) return {};
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The message below says what is wrong.
  }
  throw new Error(`${name} are not a JSON object`);
};

/** Name of the operation at the cursor, or else of the first. GraphiQL runs the former with Ctrl-Enter. */
function operationName(editor) {
  const operations = editor.operations ?? [];
  const cursor = editor.indexFromPos(editor.getCursor());
  const current = operations.find(({ loc }) => loc && loc.start <= cursor && cursor <= loc.end);
  return (current ?? operations[0])?.name?.value;
}

/** What the page would send now. */
function request({ caller, endpoint }, { queryEditor, variableEditor, headerEditor }) {
  const query = queryEditor.getValue().trim();
  if (!query) throw new Error('the editor is empty');
  const variables = parsed('the variables', variableEditor?.getValue());
  const body = { query };
  if (Object.keys(variables).length > 0) body.variables = variables;
  const name = operationName(queryEditor);
  if (name) body.operationName = name;
  const headers = Object.entries(parsed('the headers', headerEditor?.getValue())).map(([name, value]) => [name, String(value)]);
  const isOwn = ([name]) => OWN_HEADERS.includes(name.toLowerCase());
  return {
    endpoint: new URL(endpoint, location.href).href,
    isSignedIn: Boolean(caller) || headers.some(([name]) => name.toLowerCase() === 'authorization'),
    headers: headers.filter((header) => !isOwn(header)),
    body,
  };
}

/** Writes to the clipboard. Over plain HTTP, browsers have only the older way. */
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const put = (event) => {
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener('copy', put, { capture: true, once: true });
  const isDone = document.execCommand('copy');
  document.removeEventListener('copy', put, { capture: true });
  if (!isDone) throw new Error('the browser does not allow it');
}

function Icon() {
  return (
    <svg className="graphiql-toolbar-icon copy-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
      <path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.5 4.5l-3 15" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

const nextStep = ({ isSignedIn }, caller) => {
  if (!isSignedIn) return '';
  const limit = caller === BROWSER_SESSION ? ': the session of the browser cannot be copied' : '';
  return ` Set ${VARIABLE} to a bearer token${limit}.`;
};

export function CopyAs() {
  const sender = useContext(Sender);
  const editors = useEditorContext({ nonNull: true });
  const [message, setMessage] = useState('');

  useEffect(() => {
    if (!message) return undefined;
    const timer = setTimeout(() => setMessage(''), SHOWN);
    return () => clearTimeout(timer);
  }, [message]);

  const copy = async (name, print) => {
    // A repeated message is announced again only after another one.
    setMessage('');
    try {
      const sent = request(sender, editors);
      await write(print(sent));
      setMessage(`Copied as ${name}.${nextStep(sent, sender.caller)}`);
    } catch (error) {
      setMessage(`Not copied: ${error.message}.`);
    }
  };
  return (
    <>
      <ToolbarMenu button={<Icon />} label="Copy as a program">
        {FORMS.map(([name, print]) => (
          <ToolbarMenu.Item key={name} className="copy-item" data-copy={name} onSelect={() => copy(name, print)}>
            Copy as {name}
          </ToolbarMenu.Item>
        ))}
      </ToolbarMenu>
      <p className="copied" role="status">
        {message}
      </p>
    </>
  );
}
