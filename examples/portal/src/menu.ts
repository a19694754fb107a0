// The sections of a project's portal, in the order that the company chose.
import type { Feature } from './gql/operations';
import type { IconName } from './parts/icons';
import type { Project } from './project';
import { pathTo } from './router';

export interface Entry {
  section: string;
  label: string;
  icon: IconName;
  to: string;
}

const PAGES: Partial<Record<Feature, [section: string, label: string, icon: IconName]>> = {
  SELECTIONS: ['selections', 'Selections', 'choices'],
  SCHEDULE: ['schedule', 'Schedule', 'schedule'],
  DOCUMENTS: ['files', 'Files', 'files'],
  MESSAGES: ['messages', 'Messages', 'messages'],
  TEAM: ['team', 'Team', 'team'],
  HELP: ['help', 'Help', 'help'],
};

/** Sections that the portal has and that this build has a page for. Home and updates are always there. */
export function menuOf(project: Project): Entry[] {
  const found = (project.portal?.navigation ?? []).map((feature) => PAGES[feature]).filter((page) => page !== undefined);
  const all = [['', 'Home', 'home'] as const, ...found, ['updates', 'Updates', 'updates'] as const];
  return all.map(([section, label, icon]) => ({ section, label, icon, to: section ? pathTo(project.id, section) : pathTo(project.id) }));
}

export const hasSection = (project: Project, section: string) => menuOf(project).some((entry) => entry.section === section);
