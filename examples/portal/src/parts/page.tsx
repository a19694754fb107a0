// The frame of a page, and what it shows while it loads or cannot load.
import { type ReactNode } from 'react';
import type { Read } from '../api/hooks';
import type { Fault } from '../api/faults';
import { Link, useHeadingFocus } from '../router';
import { Icon } from './icons';

interface PageProps {
  title: string;
  /** Line above the title: where the page belongs. */
  above?: { label: string; to: string };
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, above, lead, actions, children }: PageProps) {
  const heading = useHeadingFocus();
  return (
    <>
      <title>{title}</title>
      <header className="page-head">
        <div>
          {above && (
            <Link to={above.to} className="back">
              <Icon name="back" />
              {above.label}
            </Link>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="lead">{lead}</p>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface FaultNoteProps {
  fault: Fault | undefined;
  onRetry?: () => void;
  /** Fetches a record that has changed since it was read. */
  onReload?: () => void;
}

/** What failed and what helps. Announced at once. */
export function FaultNote({ fault, onRetry, onReload }: FaultNoteProps) {
  if (!fault) return null;
  return (
    <div className="fault" role="alert">
      <p>
        <strong>{fault.text}</strong> {fault.remedy}
      </p>
      {onRetry && fault.canRetry && (
        <button type="button" className="button quiet" onClick={onRetry}>
          Try again
        </button>
      )}
      {onReload && fault.code === 'CONFLICT' && !fault.canRetry && (
        <button type="button" className="button quiet" onClick={onReload}>
          Show what has changed
        </button>
      )}
    </div>
  );
}

/** Shows data when they are there. While they load, gray bars of about their size. */
export function Loaded<D>({ read, children }: { read: Read<D>; children: (data: D) => ReactNode }) {
  if (read.data !== undefined) return children(read.data);
  if (read.fault) return <FaultNote fault={read.fault} onRetry={read.reload} />;
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      <span />
      <span />
      <span />
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

export function Badge({ tone, children }: { tone: 'neutral' | 'todo' | 'late' | 'done'; children: ReactNode }) {
  return <span className={`badge ${tone}`}>{children}</span>;
}

/** Share of a whole, as a bar. The text beside it says the same. */
export function Meter({ share, label, tone = 'neutral' }: { share: number; label: string; tone?: 'neutral' | 'late' }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div className={`meter ${tone}`} role="img" aria-label={label}>
      <span style={{ inlineSize: `${percent}%` }} />
    </div>
  );
}

export function Avatar({ name, image }: { name: string; image?: string }) {
  if (image) return <img className="avatar" src={image} alt="" />;
  const letters = name.split(/\s+/).map((word) => word[0] ?? '').slice(0, 2).join('').toUpperCase();
  return (
    <span className="avatar" aria-hidden="true">
      {letters}
    </span>
  );
}
