/**
 * The running parts of one process: queue, worker, schedule, deliverers; by role.
 */
import type { Log } from '../../adapters/log/log.ts';
import { makeFigures } from '../../adapters/operations/figures.ts';
import type { Figures } from '../../adapters/operations/figures.ts';
import { KEY_PREFIX } from '../../adapters/redis/connection.ts';
import { startDeliverer } from '../../adapters/redis/deliverer.ts';
import type { Deliverer } from '../../adapters/redis/deliverer.ts';
import { OUTBOX_CHANNEL } from '../../adapters/redis/outbox.ts';
import type { CommandRequest } from '../../jobs/answer.ts';
import { openOutages } from '../../adapters/redis/outages.ts';
import type { Outages } from '../../adapters/redis/outages.ts';
import { openRecall } from '../../adapters/redis/recall.ts';
import { openSeen } from '../../adapters/redis/seen.ts';
import { carryOut } from '../../jobs/carry-out.ts';
import { chores } from '../../jobs/catalogue.ts';
import { makeGateway } from '../../jobs/gateway.ts';
import { MAIN_QUEUE, openJobQueue } from '../../jobs/queue.ts';
import { HOUSE_SLOTS, startSchedule } from '../../jobs/schedule.ts';
import { openWorker } from '../../jobs/worker.ts';
import type { WorkerPlan } from '../../jobs/worker.ts';
import { registry } from '../commands/registry.ts';
import { foreign, say } from '../domain/foreign.ts';
import { sayLost } from '../messages/lost.ts';
import { message, notice } from '../messages/message.ts';
import type { Message } from '../messages/message.ts';
import type { Conversation, Gateway, Surface, SurfaceName, Utterance } from '../ports/conversation.ts';
import type { Recall } from '../ports/recall.ts';
import type { World } from '../ports/world.ts';
import type { LazyDrills } from './drill/lazy.ts';
import { noteCarriedOut } from './drill/counted.ts';
import { isPlayedElsewhere, refuseHandedOn } from './drill/elsewhere.ts';
import type { Elsewhere } from './drill/elsewhere.ts';
import { openDrillLine } from './drill/line.ts';
import type { DrillLine } from './drill/line.ts';
import { isAboutDrill, outsideDrill, stageOf } from './drill/stage.ts';
import { WORKERS_KEY, isWorkerAlive } from './household.ts';
import { morningSlots } from './on-call.ts';
import { PROCESS_NAME } from './process-name.ts';
import { openRedis } from './redis.ts';
import type { Settings } from './settings.ts';
import { makeWorld } from './world.ts';

export interface ServiceParts {
  readonly worker: boolean;
  readonly scheduler: boolean;
}

export interface Service {
  readonly world: World;
  readonly gateway: Gateway;
  readonly figures: Figures;
  /** Begins to say, through this surface, what the outbox holds at this address. */
  speakThrough(address: string, surface: Surface): void;
  /** True for the first who asks with this id within a day, over all processes. Rejects where Redis doesn't answer. */
  readonly firstTime: (id: string) => Promise<boolean>;
  /** The key of the message that a surface has posted under this id of its own. */
  keyOf(address: string, id: string): Promise<string | undefined>;
  /** What this surface remembers of what it has said. */
  recallOf(surface: SurfaceName): Recall;
  /** Names a place of a surface where it is told that another one can't be reached. */
  tellHere(conversation: Conversation): void;
  readonly outages: Outages;
  /** Tells it at the named places of all the other surfaces. */
  tellElsewhere(than: SurfaceName, said: Message): void;
  /** Ends everything within about two seconds. */
  close(): Promise<void>;
}

const HEARTBEAT_MS = 5000;
const CONCURRENCY = 8;

export async function startService(settings: Settings, parts: ServiceParts, log: Log): Promise<Service> {
  const redis = await openRedis(settings);
  const address = { name: MAIN_QUEUE, prefix: KEY_PREFIX };
  const queue = openJobQueue(await redis.producer(), address);
  const real = makeWorld({ settings, redis, queue, resolvers: [] });
  const figures = makeFigures();
  const deliverers = new Map<string, Deliverer>();
  const subscriber = redis.waiter();
  subscriber.on('message', (_channel: string, changed: string) => deliverers.get(changed)?.nudge());
  await subscriber.subscribe(OUTBOX_CHANNEL);
  const staff: Staff = { world: real.world, drills: real.drills, figures, log };
  const line = parts.worker
    ? openDrillLine(
        redis,
        PROCESS_NAME,
        workerPlan(staff, async (request) =>
          isAboutDrill(request) ? { kind: 'nowhere' } : { kind: 'over', answer: refuseHandedOn() },
        ),
      )
    : undefined;
  const worker = line
    ? openWorker(
        redis.waiter(),
        address,
        workerPlan(
          staff,
          (request) => outsideDrill(request, real.drillMarks, (owner) => isWorkerAlive(redis, owner)),
          line,
        ),
      )
    : undefined;
  const schedule = parts.scheduler
    ? startSchedule(await redis.producer(), address, [...HOUSE_SLOTS, ...morningSlots(settings.config)], (error) =>
        log.warn({ error: error.message }, 'the schedule could not be laid; tried again within a minute'),
      )
    : undefined;
  const id = PROCESS_NAME;
  const beat = (): void => {
    const roles = [...(parts.worker ? ['worker'] : []), ...(parts.scheduler ? ['scheduler'] : [])].join('+');
    redis.records.hset(WORKERS_KEY, id, `${Date.now()} ${roles}`).catch(() => {});
  };
  beat();
  const places: Conversation[] = [];
  const tellElsewhere = (than: SurfaceName, said: Message): void => {
    for (const conversation of places.filter((place) => place.surface !== than)) {
      const key = `elsewhere-${than}-${real.world.random.hex(6)}`;
      real.world.outbox
        .put({ conversation, key, message: said })
        .catch((error: unknown) => log.warn({ error: String(error) }, 'it could not be told elsewhere'));
    }
  };
  const heartbeat = setInterval(beat, HEARTBEAT_MS);
  return {
    world: real.world,
    gateway: makeGateway({
      queue,
      people: real.world.people,
      registry,
      isPlayed: (where) => real.drills.find(where) !== undefined || isPlayedElsewhere(real.drillMarks, where),
      send: (path) => real.parcels.send(path),
      names: { servers: real.world.mailServers.names },
    }),
    figures,
    speakThrough: (at, surface) => {
      const lost = (utterance: Utterance, why: string): void => {
        log.warn({ surface: surface.name, why }, 'a message could not be delivered');
        tellElsewhere(surface.name, sayLost(utterance, why));
      };
      deliverers.set(at, startDeliverer(real.outbox, at, surface, lost));
    },
    outages: openOutages(redis.records),
    firstTime: openSeen(redis.records),
    keyOf: (at, posted) => real.outbox.keyOf(at, posted),
    recallOf: (surface) => openRecall(redis.records, surface),
    tellHere: (conversation) => void places.push(conversation),
    tellElsewhere,
    close: async () => {
      clearInterval(heartbeat);
      await schedule?.close();
      await Promise.all([worker?.close(1500), line?.close(1500)]);
      await Promise.all([...deliverers.values()].map((deliverer) => deliverer.close()));
      await redis.records.hdel(WORKERS_KEY, id).catch(() => 0);
      await queue.close();
      await real.close();
      await redis.close();
    },
  };
}

interface Staff {
  readonly world: World;
  readonly drills: LazyDrills;
  readonly figures: Figures;
  readonly log: Log;
}

/** `outside`: what becomes of a request that no drill of this process takes. */
function workerPlan(
  { world, drills, figures, log }: Staff,
  outside: (request: CommandRequest) => Promise<Elsewhere>,
  line?: DrillLine,
): WorkerPlan {
  return {
    concurrency: CONCURRENCY,
    carryOut: async (request) => {
      const began = world.clock.monotonic();
      const stage = stageOf(request, world, drills);
      const found = stage.isPlayed ? undefined : await outside(request);
      if (found?.kind === 'played' && line) {
        await line.handOn(found.owner, request);
        log.info({ command: request.command.name, to: found.owner }, 'handed on to the process that plays the drill');
        return { status: 'ok', message: message('neutral', 'It was handed on to the process that plays the drill.') };
      }
      if (found?.kind === 'over') {
        const stopped = found.answer;
        await world.outbox.put({
          conversation: request.conversation,
          key: request.id,
          message: stopped.message,
          final: true,
        });
        return stopped;
      }
      const answer = await carryOut(stage.request, stage.world);
      const seconds = (world.clock.monotonic() - began) / 1000;
      noteCarriedOut(stage, answer.status, seconds, { figures, log });
      return answer;
    },
    chore: async (name) => {
      const load = chores[name];
      if (!load) throw new Error(`There is no chore ${name}; another version of Tourniquet laid it.`);
      await (
        await load()
      )(world);
      return undefined;
    },
    givenUp: (request, error) => {
      log.error({ command: request?.command.name, error: error.message }, 'a job was given up');
      if (!request) return;
      const words = say`${request.command.name} was given up: ${foreign(error.message, 400)}. What it had begun is in the ledger; say it again when you have looked.`;
      world.outbox
        .put({
          conversation: request.conversation,
          key: request.id,
          message: message('critical', words, notice('critical', words)),
          final: true,
        })
        .catch((lost: unknown) => log.error({ error: String(lost) }, 'and that could not be said'));
    },
  };
}
