// Before a project is opened: the list of projects, and the page for callers who are no clients.
import { useData } from '../api/hooks';
import { PendingActionsDocument } from '../gql/operations';
import { Badge, Empty, Meter, Page } from '../parts/page';
import { Icon } from '../parts/icons';
import type { Viewer } from '../project';
import { Link, pathTo } from '../router';
import { projectStage } from '../words';

export function Projects({ viewer, onSignOut }: { viewer: Viewer; onSignOut: () => void }) {
  const projects = viewer.projects.nodes;
  const waiting = useData(PendingActionsDocument, {}).data?.viewer.pendingActions ?? [];
  return (
    <main className="alone" id="content">
      <Page title="Your projects" lead={`Signed in as ${viewer.name}.`} actions={<SignOut onSignOut={onSignOut} />}>
        {projects.length === 0 && <Empty>No project is shared with you yet. Your builder sends an invitation when one is.</Empty>}
        <ul className="cards">
          {projects.map((project) => {
            const done = project.milestones.filter((milestone) => milestone.status === 'COMPLETED').length;
            const here = waiting.filter((action) => action.project.id === project.id);
            return (
              <li key={project.id}>
                <Link to={pathTo(project.id)} className="card link">
                  <span className="above">{project.portal?.branding?.companyName}</span>
                  <strong className="card-title">{project.name}</strong>
                  <span>{`${project.address.line}, ${project.address.city}`}</span>
                  <span className="faint">
                    {projectStage(project.stage)}
                    {project.milestones.length > 0 && ` · ${done} of ${project.milestones.length} milestones completed`}
                  </span>
                  {project.milestones.length > 0 && (
                    <Meter share={done / project.milestones.length} label={`${done} of ${project.milestones.length} milestones completed`} />
                  )}
                  {here.length > 0 && (
                    <span className="badges">
                      <Badge tone={here.some(({ isOverdue }) => isOverdue) ? 'late' : 'todo'}>{`${here.length} to do`}</Badge>
                    </span>
                  )}
                </Link>
              </li>
            );
          })}
        </ul>
      </Page>
    </main>
  );
}

export function Unserved({ name, onSignOut }: { name?: string; onSignOut: () => void }) {
  return (
    <main className="alone" id="content">
      <Page title="This portal is for clients" actions={<SignOut onSignOut={onSignOut} />}>
        <p>
          {name ? `You are signed in as ${name}, and not as a client. ` : 'You are not signed in as a client. '}
          Sign out, and sign in with the address of a client.
        </p>
      </Page>
    </main>
  );
}

function SignOut({ onSignOut }: { onSignOut: () => void }) {
  return (
    <button type="button" className="button quiet" onClick={onSignOut}>
      <Icon name="leave" />
      Sign out
    </button>
  );
}
