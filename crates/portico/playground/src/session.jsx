// Bar at the top: the caller's name and role, the browser's session, and a field for another token.
import { useEffect, useState } from 'react';
import { BROWSER_SESSION } from './gateway.js';

const ROLES = { OWNER: 'Owner', STAFF: 'Staff', TRADE: 'Trade', CLIENT: 'Client', REPORTING: 'Reporting', SUPPORT: 'Support' };

export function Bar({ tokens, caller, who, session, onCaller, children }) {
  return (
    <header className="bar">
      <h1 className="bar-name">
        <Mark />
        Portico <span>Playground</span>
      </h1>
      <Who who={who} isSession={caller === BROWSER_SESSION} />
      <div className="bar-session">
        {children}
        <SessionButton session={session} caller={caller} onCaller={onCaller} />
        {tokens.length > 0 && <People tokens={tokens} caller={caller} onCaller={onCaller} />}
        <TokenBox caller={caller} onCaller={onCaller} />
      </div>
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M16 6 5.5 12.2v1.9h21v-1.9zM8 16h2.6v7.4H8zm6.7 0h2.6v7.4h-2.6zm6.7 0H24v7.4h-2.6zM5.5 24.6h21v1.9h-21z" />
    </svg>
  );
}

function Who({ who, isSession }) {
  const { state, role, name } = who;
  return (
    <p className="who" data-state={state} data-role={role} role="status">
      {state === 'asking' && <span className="who-role">…</span>}
      {state === 'public' && (
        <>
          <span className="who-role">Public</span>
          <span className="who-name">the schema without a token</span>
        </>
      )}
      {['refused', 'failed', 'unsigned'].includes(state) && <span className="who-role">Not signed in</span>}
      {state === 'known' && (
        <>
          <span className="who-role">{ROLES[role] ?? role}</span>
          <span className="who-name">
            {name}
            {isSession && <small>, by this browser’s session</small>}
          </span>
        </>
      )}
    </p>
  );
}

/** Switches to the account that is signed in in this browser, and back to no token. */
function SessionButton({ session, caller, onCaller }) {
  const isUsed = caller === BROWSER_SESSION;
  return (
    <button type="button" className="session-button" aria-pressed={isUsed} onClick={() => onCaller(isUsed ? '' : BROWSER_SESSION)}>
      This browser’s session{session.state === 'known' && `: ${session.name}`}
    </button>
  );
}

/** People of the demo, one for each role. */
function People({ tokens, caller, onCaller }) {
  const isSession = caller === BROWSER_SESSION;
  const token = isSession ? '' : caller;
  const chosen = tokens.some((known) => known.token === token) ? token : '';
  const shown = isSession ? 'session' : token && (chosen || 'other');
  return (
    <select
      className="people"
      aria-label="Use the demo as"
      value={shown}
      onChange={(event) => !['other', 'session'].includes(event.target.value) && onCaller(event.target.value)}
    >
      <option value="">Public, no token</option>
      {tokens.map((known) => (
        <option key={known.token} value={known.token} title={known.about}>
          {ROLES[known.role] ?? known.role}: {known.person}
        </option>
      ))}
      {shown === 'other' && <option value="other">Another token</option>}
      {isSession && <option value="session">This browser’s session</option>}
    </select>
  );
}

function TokenBox({ caller, onCaller }) {
  const token = caller === BROWSER_SESSION ? '' : caller;
  const [text, setText] = useState(token);
  useEffect(() => setText(token), [caller]);
  const submit = (event) => {
    event.preventDefault();
    onCaller(text.trim());
  };
  return (
    <form className="token" onSubmit={submit}>
      <input
        type="password"
        name="token"
        aria-label="Token"
        placeholder="Paste a token"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" disabled={text.trim() === token}>
        Use token
      </button>
    </form>
  );
}

const FAULTS = {
  refused: 'Not accepted:',
  failed: 'The gateway did not answer:',
  unsigned: 'This browser is not signed in:',
};

export function Refused({ who, onCaller }) {
  return (
    <div className="refused" role="alert">
      <strong>{FAULTS[who.state]}</strong>
      {who.message}
      {who.state === 'unsigned' && <a href="/auth/sign-in">Sign in</a>}
      <button type="button" onClick={() => onCaller('')}>
        Continue without a token
      </button>
    </div>
  );
}
