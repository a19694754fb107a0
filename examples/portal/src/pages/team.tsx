// The people of the project, and how to reach them.
import { useData } from '../api/hooks';
import { phone } from '../format';
import { TeamDocument } from '../gql/operations';
import { Icon } from '../parts/icons';
import { Avatar, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { allowedImage } from '../theme';

export function TeamPage() {
  const { project } = useProject();
  const read = useData(TeamDocument, { project: project.id });
  return (
    <Page title="Team" lead="The people who work on your project.">
      <Loaded read={read}>
        {({ project: data }) =>
          data && (
            <>
              <ul className="cards people">
                {data.team.map((member) => (
                  <li key={member.id} className="card person">
                    <Avatar name={member.name} image={allowedImage(member.photo)} />
                    <div>
                      <strong>{member.name}</strong>
                      <p className="faint">{member.title}</p>
                      {member.workPhone && <Phone number={member.workPhone} of={member.name} />}
                    </div>
                  </li>
                ))}
              </ul>
              {data.portal?.branding?.publicPhone && (
                <p className="office">
                  {`Office of ${data.portal.branding.companyName}: `}
                  <Phone number={data.portal.branding.publicPhone} of="the office" />
                </p>
              )}
              <h2>Clients</h2>
              <ul className="cards people">
                {data.clients.map((client) => (
                  <li key={client.id} className="card person">
                    <Avatar name={client.name} />
                    <div>
                      <strong>{client.name}</strong>
                      {client.isPrimary && <p className="faint">Primary client</p>}
                    </div>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Phone({ number, of }: { number: string; of: string }) {
  return (
    <a href={`tel:${number}`} className="tel" aria-label={`Call ${of}: ${phone(number)}`}>
      <Icon name="phone" />
      {phone(number)}
    </a>
  );
}
