// The sections that the bar of a phone has no place for, and the account.
import { menuOf } from '../menu';
import { Icon } from '../parts/icons';
import { Page } from '../parts/page';
import { useProject } from '../project';
import { Link, pathTo } from '../router';

export function MorePage() {
  const { project, viewer, signOut } = useProject();
  const entries = menuOf(project).filter((entry) => ['files', 'updates', 'team', 'help'].includes(entry.section));
  return (
    <Page title="More">
      <ul className="rows panel">
        {entries.map((entry) => (
          <li key={entry.section}>
            <Link to={entry.to} className="row">
              <Icon name={entry.icon} />
              <span className="row-main">{entry.label}</span>
              <Icon name="next" />
            </Link>
          </li>
        ))}
        {viewer.projects.totalCount > 1 && (
          <li>
            <Link to={pathTo()} className="row">
              <Icon name="switch" />
              <span className="row-main">Other projects</span>
              <Icon name="next" />
            </Link>
          </li>
        )}
      </ul>
      <section className="panel" aria-label="Account">
        <p>{`Signed in as ${viewer.name}${viewer.email ? ` (${viewer.email})` : ''}.`}</p>
        <button type="button" className="button quiet" onClick={signOut}>
          <Icon name="leave" />
          Sign out
        </button>
      </section>
    </Page>
  );
}
