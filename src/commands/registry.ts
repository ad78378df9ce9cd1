/** Every command there is, in the order in which help lists them. */
import type { CommandSpec } from './spec.ts';
import { agentSpec } from './specs/agent.ts';
import { auditSpec } from './specs/audit.ts';
import { chatSpec } from './specs/chat.ts';
import { checkSpec } from './specs/check.ts';
import { consoleSpec } from './specs/console.ts';
import {
  approveSpec,
  auditLogSpec,
  breakGlassSpec,
  denySpec,
  confirmSpec,
  extendSpec,
  keepSpec,
  ledgerSpec,
  undoSpec,
} from './specs/decisions.ts';
import { drillSpec, hintSpec } from './specs/drill.ts';
import { helpSpec } from './specs/help.ts';
import { huntSpec } from './specs/hunt.ts';
import { leakSpec } from './specs/leak.ts';
import {
  ackSpec,
  assignSpec,
  closeSpec,
  escalateSpec,
  incidentSpec,
  incidentsSpec,
  noteSpec,
  openSpec,
  reportSpec,
} from './specs/incidents.ts';
import {
  blockSpec,
  cleanQueueSpec,
  disableAccountSpec,
  freezeSpec,
  quarantineSpec,
  rerouteSpec,
  unplugSpec,
} from './specs/measures.ts';
import { queueSpec } from './specs/queue.ts';
import { rescueSpec } from './specs/rescue.ts';
import { scheduleSpec } from './specs/schedule.ts';
import { startSpec } from './specs/start.ts';
import { digestSpec, handoverSpec } from './specs/shift.ts';
import { slackSpec } from './specs/slack.ts';
import { statusSpec } from './specs/status.ts';
import { doneSpec, doSpec, nextSpec, skipSpec } from './specs/steps.ts';
import { teamsSpec } from './specs/teams.ts';
import { triageSpec } from './specs/triage.ts';
import { windowsSpec } from './specs/windows.ts';

export const registry: readonly CommandSpec[] = [
  helpSpec,
  triageSpec,
  checkSpec,
  queueSpec,
  auditSpec,
  openSpec,
  incidentsSpec,
  incidentSpec,
  nextSpec,
  doSpec,
  doneSpec,
  skipSpec,
  ackSpec,
  escalateSpec,
  noteSpec,
  assignSpec,
  closeSpec,
  reportSpec,
  huntSpec,
  leakSpec,
  freezeSpec,
  blockSpec,
  unplugSpec,
  quarantineSpec,
  disableAccountSpec,
  cleanQueueSpec,
  rerouteSpec,
  approveSpec,
  denySpec,
  breakGlassSpec,
  undoSpec,
  keepSpec,
  confirmSpec,
  extendSpec,
  ledgerSpec,
  auditLogSpec,
  windowsSpec,
  drillSpec,
  hintSpec,
  scheduleSpec,
  handoverSpec,
  digestSpec,
  statusSpec,
  chatSpec,
  consoleSpec,
  startSpec,
  slackSpec,
  teamsSpec,
  agentSpec,
  rescueSpec,
];
