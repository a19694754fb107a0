// Bar at the top: the token's owner and role, and a field for another token.
import { useEffect, useState } from 'react';

const ROLES = { OWNER: 'Owner', STAFF: 'Staff', TRADE: 'Trade', CLIENT: 'Client', REPORTING: 'Reporting', SUPPORT: 'Support' };

export function Bar({ tokens, token, who, onToken, children }) {
  return (
    <header className="bar">
      <h1 className="bar-name">
        <Mark />
        Portico <span>Playground</span>
      </h1>
      <Who who={who} />
      <div className="bar-session">
        {children}
        {tokens.length > 0 && <People tokens={tokens} token={token} onToken={onToken} />}
        <TokenBox token={token} onToken={onToken} />
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

function Who({ who }) {
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
      {(state === 'refused' || state === 'failed') && <span className="who-role">Not signed in</span>}
      {state === 'known' && (
        <>
          <span className="who-role">{ROLES[role] ?? role}</span>
          <span className="who-name">{name}</span>
        </>
      )}
    </p>
  );
}

/** People of the demo, one for each role. */
function People({ tokens, token, onToken }) {
  const chosen = tokens.some((known) => known.token === token) ? token : '';
  return (
    <select
      className="people"
      aria-label="Use the demo as"
      value={token ? chosen || 'other' : ''}
      onChange={(event) => event.target.value !== 'other' && onToken(event.target.value)}
    >
      <option value="">Public, no token</option>
      {tokens.map((known) => (
        <option key={known.token} value={known.token} title={known.about}>
          {ROLES[known.role] ?? known.role}: {known.person}
        </option>
      ))}
      {token && !chosen && <option value="other">Another token</option>}
    </select>
  );
}

function TokenBox({ token, onToken }) {
  const [text, setText] = useState(token);
  useEffect(() => setText(token), [token]);
  const submit = (event) => {
    event.preventDefault();
    onToken(text.trim());
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

export function Refused({ who, onToken }) {
  return (
    <div className="refused" role="alert">
      <strong>{who.state === 'refused' ? 'This token was not accepted:' : 'The gateway did not answer:'}</strong>
      {who.message}
      <button type="button" onClick={() => onToken('')}>
        Continue without a token
      </button>
    </div>
  );
}
