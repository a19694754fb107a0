// The page of an address.
import { FilesPage } from './files/files';
import { MessagesPage } from './messages/messages';
import { HelpPage } from './pages/help';
import { HomePage } from './pages/home';
import { MorePage } from './pages/more';
import { TeamPage } from './pages/team';
import { UpdatesPage } from './pages/updates';
import { Empty, Page } from './parts/page';
import { SchedulePage } from './schedule/schedule';
import { AllowancesPage } from './selections/allowances';
import { SelectionPage } from './selections/selection';
import { SelectionsPage } from './selections/selections';

export function Section({ parts: [section, id] }: { parts: string[] }) {
  switch (section) {
    case undefined:
      return <HomePage />;
    case 'selections':
      return id ? <SelectionPage id={id} /> : <SelectionsPage />;
    case 'allowances':
      return <AllowancesPage />;
    case 'schedule':
      return <SchedulePage />;
    case 'files':
      return <FilesPage />;
    case 'messages':
      return <MessagesPage id={id} />;
    case 'updates':
      return <UpdatesPage />;
    case 'team':
      return <TeamPage />;
    case 'help':
      return <HelpPage />;
    case 'more':
      return <MorePage />;
    default:
      return (
        <Page title="Page not found">
          <Empty>There is no such page. The menu leads to all others.</Empty>
        </Page>
      );
  }
}
