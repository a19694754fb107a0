// The project that the pages show.
import { createContext, useContext } from 'react';
import type { ProjectListQuery } from './gql/operations';

export type Viewer = ProjectListQuery['viewer'];
export type Project = Viewer['projects']['nodes'][number];

export interface Shown {
  viewer: Viewer;
  project: Project;
  signOut: () => void;
  /** Whether the gateway has answered the last request. */
  isReached: boolean;
}

const Current = createContext<Shown | undefined>(undefined);
export const ShownProject = Current.Provider;

export function useProject(): Shown {
  const shown = useContext(Current);
  if (!shown) throw new Error('outside of a project');
  return shown;
}
