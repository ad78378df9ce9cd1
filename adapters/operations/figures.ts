/** Figures in the Prometheus form. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { HouseholdLook } from '../../src/ports/household.ts';

export interface Figures {
  readonly registry: Registry;
  /** A command was carried out, in seconds. */
  command(name: string, status: string, seconds: number): void;
  note(look: HouseholdLook): void;
}

export function makeFigures(): Figures {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const commands = new Counter({
    name: 'tourniquet_commands_total',
    help: 'Commands carried out',
    labelNames: ['command', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'tourniquet_command_seconds',
    help: 'How long commands took',
    labelNames: ['command'],
    buckets: [0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 60],
    registers,
  });
  const jobs = new Gauge({
    name: 'tourniquet_queue_jobs',
    help: 'Jobs in the queue',
    labelNames: ['state'],
    registers,
  });
  const canary = new Gauge({
    name: 'tourniquet_canary_age_seconds',
    help: 'Since a canary job was really consumed; -1: never',
    registers,
  });
  const workers = new Gauge({ name: 'tourniquet_workers', help: 'Workers seen in the last 20 s', registers });
  const measures = new Gauge({
    name: 'tourniquet_measures',
    help: 'Measures that stand outside; unknown: for more than a minute it is not known how (page when it is not 0)',
    labelNames: ['state'],
    registers,
  });
  return {
    registry,
    command: (name, status, took) => {
      commands.inc({ command: name, status });
      seconds.observe({ command: name }, took);
    },
    note: (look) => {
      for (const [state, count] of Object.entries(look.queue ?? {})) jobs.set({ state }, count);
      for (const [state, count] of Object.entries(look.measures ?? {})) measures.set({ state }, count);
      canary.set(look.canarySecondsAgo ?? -1);
      workers.set(look.workers.length);
    },
  };
}
