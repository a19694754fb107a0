// Names of the API's values. A value that is newer than this build is shown in lower case, as it is.
import type { MilestoneStatus, ProjectStage, ScheduleDelayCause, SelectionStatus } from './gql/operations';

const plain = (value: string) => value.charAt(0) + value.slice(1).toLowerCase().replaceAll('_', ' ');

const STATUS: Partial<Record<SelectionStatus, string>> = {
  SHARED: 'To choose',
  CHOSEN: 'To approve',
  APPROVED: 'Approved',
  LOCKED: 'Locked',
  ORDERED: 'Ordered',
  DECLINED: 'Declined',
};
export const selectionStatus = (status: SelectionStatus) => STATUS[status] ?? plain(status);

const STAGE: Partial<Record<ProjectStage, string>> = {
  DESIGN: 'Design',
  PRECONSTRUCTION: 'Permits and orders',
  CONSTRUCTION: 'Under construction',
  CLOSEOUT: 'Punch list and inspections',
  HANDOVER: 'Handover',
};
export const projectStage = (stage: ProjectStage) => STAGE[stage] ?? plain(stage);

const MILESTONE: Partial<Record<MilestoneStatus, string>> = { NOT_STARTED: 'Not started', STARTED: 'Under way', COMPLETED: 'Completed' };
export const milestoneStatus = (status: MilestoneStatus) => MILESTONE[status] ?? plain(status);

const CAUSE: Partial<Record<ScheduleDelayCause, string>> = {
  CLIENT: 'Change or late decision',
  WORKFORCE: 'Too few workers',
  SITE_CONDITIONS: 'Conditions of the site',
  OTHER: 'Other',
};
export const delayCause = (cause: ScheduleDelayCause) => CAUSE[cause] ?? plain(cause);
