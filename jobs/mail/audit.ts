/** `audit`: the doors of a mail server. The JSON is tourniquet.audit/1 (docs/audit.md). */
import { readArguments } from '../../src/commands/parse.ts';
import { auditSpec } from '../../src/commands/specs/audit.ts';
import { judgeExposure } from '../../src/domain/exposure/audit.ts';
import type { Exposure } from '../../src/domain/exposure/audit.ts';
import { DOORS } from '../../src/domain/exposure/door.ts';
import type { DoorLook } from '../../src/domain/exposure/door.ts';
import { sayAudit } from '../../src/messages/audit.ts';
import { sayRefused } from '../../src/messages/refused.ts';
import type { CommandJob, Json, Status } from '../answer.ts';

/** One door may take so long, milliseconds; they are looked at side by side. */
const DOOR_MS = 10_000;

export const runAudit: CommandJob<'clock' | 'mailDoors' | 'sites'> = async (request, world) => {
  const args = readArguments(auditSpec, request.command);
  if (args.kind === 'bad') return { status: 'refused', message: sayRefused(args.why, args.remedy) };
  const { host: said } = args.value;
  const name = said ?? (world.sites.servers.length === 1 ? world.sites.servers[0]?.name : undefined);
  if (name === undefined)
    return {
      status: 'refused',
      message: sayRefused('no host was named', 'say audit and the mail server’s name or address'),
    };
  const known = world.sites.servers.find((server) => server.name === name);
  const host = known ? (known.addresses[0]?.text ?? known.helo ?? '127.0.0.1') : name;
  const began = world.clock.monotonic();
  const deadline = Math.min(DOOR_MS, Math.max(200, (request.deadlineMs ?? DOOR_MS) - 150));
  const looks = await Promise.all(DOORS.map((plan) => world.mailDoors.look(host, plan, deadline)));
  const exposure = judgeExposure(looks);
  return {
    status: statusOf(looks, exposure),
    message: sayAudit(known ? `${name} (${host})` : host, looks, exposure),
    data: {
      schema: 'tourniquet.audit/1',
      host,
      doors: looks.map(doorJson),
      findings: exposure.findings.map((finding) => ({ ...finding })),
      advice: exposure.advice.map((advice) => ({ ...advice })),
      elapsedMs: Math.round(world.clock.monotonic() - began),
    },
  };
};

function statusOf(looks: readonly DoorLook[], { findings }: Exposure): Status {
  if (findings.some((finding) => finding.severity === 'critical')) return 'critical';
  if (looks.some((look) => look.state.kind === 'unknown')) return 'unknown';
  return findings.length > 0 ? 'warning' : 'ok';
}

function doorJson({ plan, state }: DoorLook): Json {
  const { kind, ...rest } = state;
  const { certificate, ...told } = 'certificate' in rest ? rest : { ...rest, certificate: undefined };
  return {
    port: plan.port,
    protocol: plan.protocol,
    state: kind,
    ...told,
    ...(certificate && { certificate: { ...certificate } }),
  };
}
