// The frame around the pages of a project: the company's name, the menu, and the way to the content.
import type { ReactNode } from 'react';
import { menuOf, type Entry } from './menu';
import { Icon } from './parts/icons';
import { useProject } from './project';
import { Link, pathTo } from './router';
import { allowedImage } from './theme';

/** Entries of the bar at the bottom of a phone; the others are behind `More`. */
const TABS = ['', 'selections', 'schedule', 'messages'];

export function Shell({ parts, children }: { parts: string[]; children: ReactNode }) {
  const { viewer, project, signOut } = useProject();
  const menu = menuOf(project);
  const current = parts[0] ?? '';
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
          <ul>{menu.map((entry) => <Item key={entry.section} entry={entry} isCurrent={entry.section === current} />)}</ul>
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
        {children}
      </main>
      <nav aria-label="Main sections" className="tabs">
        <ul>
          {[...tabs, more].map((entry) => (
            <Item
              key={entry.section}
              entry={entry}
              isCurrent={entry.section === current || (entry === more && !TABS.includes(current))}
            />
          ))}
        </ul>
      </nav>
    </div>
  );
}

function Item({ entry, isCurrent }: { entry: Entry; isCurrent: boolean }) {
  return (
    <li>
      <Link to={entry.to} aria-current={isCurrent ? 'page' : undefined}>
        <Icon name={entry.icon} />
        <span>{entry.label}</span>
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
