// The frame around the pages of a project: the company's name, the menu, and the way to the content.
import type { ReactNode } from 'react';
import { useData, useRefresh } from './api/hooks';
import { NewsDocument } from './gql/operations';
import { menuOf, type Entry } from './menu';
import { Icon } from './parts/icons';
import { useProject } from './project';
import { Link, pathTo } from './router';
import { allowedImage } from './theme';

/** Entries of the bar at the bottom of a phone; the others are behind `More`. */
const TABS = ['', 'selections', 'schedule', 'messages'];

export function Shell({ parts, children }: { parts: string[]; children: ReactNode }) {
  const { viewer, project, signOut, isReached } = useProject();
  const news = useData(NewsDocument, { project: project.id });
  useRefresh(news.reload, 60);
  const unread = news.data?.project?.unreadMessageCount ?? 0;
  const countOf = (entry: Entry) => (entry.section === 'messages' ? unread : 0);
  const menu = menuOf(project);
  // The page of the allowances belongs to the selections.
  const current = parts[0] === 'allowances' ? 'selections' : (parts[0] ?? '');
  const tabs = menu.filter((entry) => TABS.includes(entry.section));
  const more: Entry = { section: 'more', label: 'More', icon: 'more', to: pathTo(project.id, 'more') };
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="side">
        <Brand />
        <div className="which">
          <p className="project-name">{project.name}</p>
          <p className="project-place">{`${project.address.line}, ${project.address.city}`}</p>
          {viewer.projects.totalCount > 1 && (
            <Link to={pathTo()} className="switch">
              <Icon name="switch" />
              Other projects
            </Link>
          )}
        </div>
        <nav aria-label="Sections" className="menu">
          <ul>{menu.map((entry) => <Item key={entry.section} entry={entry} count={countOf(entry)} isCurrent={entry.section === current} />)}</ul>
        </nav>
        <div className="account">
          <p>{viewer.name}</p>
          <button type="button" className="text-button" onClick={signOut}>
            <Icon name="leave" />
            Sign out
          </button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <p role="status" className={isReached ? 'hidden' : 'note offline'}>
          {!isReached && 'We cannot reach the portal. You see what was loaded before, and what you enter is kept. Check your connection.'}
        </p>
        {children}
      </main>
      <nav aria-label="Main sections" className="tabs">
        <ul>
          {[...tabs, more].map((entry) => (
            <Item
              key={entry.section}
              entry={entry}
              count={countOf(entry)}
              isCurrent={entry.section === current || (entry === more && !TABS.includes(current))}
            />
          ))}
        </ul>
      </nav>
    </div>
  );
}

function Item({ entry, count, isCurrent }: { entry: Entry; count: number; isCurrent: boolean }) {
  return (
    <li>
      <Link to={entry.to} aria-current={isCurrent ? 'page' : undefined}>
        <Icon name={entry.icon} />
        <span>{entry.label}</span>
        {count > 0 && (
          <span className="unread-count">
            {count}
            <span className="hidden"> new</span>
          </span>
        )}
      </Link>
    </li>
  );
}

function Brand() {
  const { project } = useProject();
  const branding = project.portal?.branding;
  const name = branding?.companyName ?? 'Client portal';
  const logo = allowedImage(branding?.logoUrl);
  return (
    <Link to={pathTo(project.id)} className="brand">
      {logo ? <img src={logo} alt="" /> : <span className="mark" aria-hidden="true">{name.charAt(0)}</span>}
      <span>{name}</span>
    </Link>
  );
}
