// Sign-in by a mailed code. The link beside it opens a page of the gateway, which sets the same cookie and leads back here.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useAction, useData } from '../api/hooks';
import { EntranceDocument, MagicCodeConsumeDocument, MagicLinkRequestDocument } from '../gql/operations';
import { Icon, type IconName } from '../parts/icons';
import { FaultNote, Page } from '../parts/page';
import { Submit } from '../parts/submit';
import { applyColors, PLAIN } from '../theme';

/** What a demo says about itself, at `/portal/config.json`. Installations serve no such file. */
interface Demo {
  email: string;
  person: string;
  mail: string;
}

export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const { data } = useData(EntranceDocument, { host: location.host });
  const branding = data?.portal?.branding;
  const [request, setRequest] = useState<{ id: string; email: string; message: string }>();
  const [demo, setDemo] = useState<Demo>();
  useEffect(() => applyColors(branding ?? PLAIN), [branding]);
  useEffect(() => {
    const read = async () => {
      const response = await fetch('/portal/config.json');
      if (response.ok) setDemo(((await response.json()) as { demo?: Demo }).demo);
    };
    // Without an answer there is no hint.
    read().catch(() => undefined);
  }, []);
  return (
    <div className="entrance">
      <Cover company={branding?.companyName} />
      <main id="content">
        {request ? (
          <Code request={request} demo={demo} onSignedIn={onSignedIn} onOther={() => setRequest(undefined)} />
        ) : (
          <Address demo={demo} onSent={setRequest} />
        )}
      </main>
    </div>
  );
}

const PROMISES: [icon: IconName, text: string][] = [
  ['choices', 'Choose your finishes, and see what they cost before you decide'],
  ['schedule', 'See what happens on site, and what comes next'],
  ['messages', 'Ask your team, and find every answer again'],
];

/** What the portal is for, in the company's color. */
function Cover({ company }: { company: string | undefined }) {
  const name = company ?? 'Client portal';
  return (
    <header className="entrance-cover">
      <p className="entrance-brand">
        <span className="mark" aria-hidden="true">{name.charAt(0)}</span>
        {name}
      </p>
      <div className="promises">
        <p className="promise">Your home, from the first drawing to the key.</p>
        <ul>
          {PROMISES.map(([icon, text]) => (
            <li key={icon}>
              <Icon name={icon} />
              {text}
            </li>
          ))}
        </ul>
      </div>
    </header>
  );
}

function Address({ demo, onSent }: { demo?: Demo; onSent: (request: { id: string; email: string; message: string }) => void }) {
  const { send, isBusy, fault } = useAction(MagicLinkRequestDocument, false);
  const [email, setEmail] = useState('');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const payload = await send({ email, host: location.host });
    if (payload?.requestId) onSent({ id: payload.requestId, email, message: payload.message ?? '' });
  };
  return (
    <Page title="Sign in" lead="Enter your email address. We mail you a code and a link, each of which signs you in.">
      <form onSubmit={submit} className="stack" noValidate>
        <label htmlFor="email">Email address</label>
        <input
          id="email"
          type="email"
          autoComplete="email"
          autoFocus
          required
          value={email}
          aria-invalid={fault?.field === 'email'}
          onChange={(event) => setEmail(event.target.value)}
        />
        <FaultNote fault={fault} />
        <Submit isBusy={isBusy} busy="Sending…">
          Mail me a code
        </Submit>
      </form>
      {demo && (
        <p className="hint">
          This is a demo. Sign in as {demo.person}:{' '}
          <button type="button" className="text-button" onClick={() => setEmail(demo.email)}>
            {demo.email}
          </button>
        </p>
      )}
    </Page>
  );
}

interface CodeProps {
  request: { id: string; email: string; message: string };
  demo?: Demo;
  onSignedIn: () => void;
  onOther: () => void;
}

function Code({ request, demo, onSignedIn, onOther }: CodeProps) {
  const { send, isBusy, fault } = useAction(MagicCodeConsumeDocument, false);
  const [code, setCode] = useState('');
  const [choices, setChoices] = useState<{ key: string; label: string }[]>([]);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const consume = async (choiceKey?: string) => {
    const payload = await send({ requestId: request.id, code, choiceKey: choiceKey ?? null, sessionTransport: 'COOKIE' });
    if (!payload) return field.current?.focus();
    if (payload.choices.length > 0) setChoices(payload.choices);
    else onSignedIn();
  };
  if (choices.length > 0) {
    return (
      <Page title="Choose an account" lead="You can sign in with several roles. This portal is for clients.">
        <div className="stack">
          {choices.map(({ key, label }) => (
            <button key={key} type="button" className="button quiet" disabled={isBusy} onClick={() => consume(key)}>
              {label}
            </button>
          ))}
        </div>
        <FaultNote fault={fault} />
      </Page>
    );
  }
  return (
    <Page title="Check your email" lead={request.message}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void consume();
        }}
      >
        <label htmlFor="code">Six-digit code</label>
        <input
          id="code"
          ref={field}
          className="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={12}
          required
          value={code}
          aria-invalid={fault?.field === 'code'}
          onChange={(event) => setCode(event.target.value)}
        />
        <FaultNote fault={fault} />
        <Submit isBusy={isBusy} busy="Signing in…">
          Sign in
        </Submit>
        <button type="button" className="text-button" onClick={onOther}>
          Use another address
        </button>
      </form>
      {demo && (
        <p className="hint">
          This is a demo, which sends no mail:{' '}
          <a href={demo.mail} target="_blank" rel="noreferrer">
            show the mails
          </a>
          . The newest one has the code.
        </p>
      )}
    </Page>
  );
}
