/** The disk of a frozen mail server fills up, with what it holds: it can be thawed all the same. */
import { expect, it } from 'vitest';
import type { MeasureOrder } from '../../../src/domain/measures/order.ts';
import { startEximOffice } from '../../lab/exim-office.ts';
import { startOpensmtpd } from '../../lab/opensmtpd.ts';
import { describeLab } from '../../lab/packages.ts';
import { startOffice } from '../../lab/postfix-office.ts';
import type { MailLab } from '../../lab/postfix.ts';
import { until } from '../../lab/process.ts';
import { moveToSmallDisk } from '../../lab/small-disk.ts';
import { startSendmail } from '../../lab/sendmail.ts';
import { startSink } from '../../lab/smtp.ts';
import type { Sink } from '../../lab/smtp.ts';
import { hostOf, openDriver } from '../../support/measure-rigs.ts';

const FENCE = '/run/tourniquet-fence';

interface Server {
  readonly lab: MailLab;
  readonly outside: Sink;
  readonly stop: string;
  readonly start: string;
  readonly isUp: string;
  /** Its configuration, its queue and its log: on one disk, as most have it. */
  readonly folders: readonly string[];
  readonly config: string;
  /** Prints its number, where the plan leaves that to whoever does it by hand. */
  readonly daemon?: string;
}

function thaws(begin: () => Promise<Server>): void {
  it.each(['by Tourniquet', 'by hand'] as const)(
    'is taken back %s to the byte on a disk without an octet free',
    async (how) => {
      const { lab, outside, stop, start, isUp, folders, config, daemon } = await begin();
      const { box } = lab;
      try {
        await box.must(['sh', '-c', stop]);
        const disk = await moveToSmallDisk(box, [...folders, FENCE]);
        await box.must(['sh', '-c', start]);
        const world = (): Promise<string> =>
          box.must(['sh', '-c', `ls -A $(dirname ${config}); cat ${config} || true`]);
        const before = await world();
        const order: MeasureOrder = { kind: 'freeze-outbound', server: box.name };
        const driver = openDriver(lab, order, hostOf(box));
        await until(async () => (await box.exec(['sh', '-c', isUp])).code === 0, 15_000, 'the server to start');
        const { prior, undo } = await driver.plan(order, 'tq1');
        const task = { tag: 'tq1', order, prior };
        await driver.engage(task, 1);
        await lab.send('alice@office.test', ['held@far.test']);
        await disk.fill();
        expect(outside.reached()).not.toContain('held@far.test');
        const byHand = async (): Promise<{ readonly kind: string }> => {
          for (const line of undo)
            await box.must(['sh', '-c', line.replace('(the daemon)', `$(${daemon ?? 'false'})`)]);
          return { kind: 'released' };
        };
        const taken = how === 'by hand' ? byHand() : driver.release(task, 3, 'exact');
        expect(await taken).toMatchObject({ kind: 'released' });
        expect(await world()).toBe(before);
        expect((await driver.observe(task)).kind).toBe('absent');
      } finally {
        await lab.stop();
      }
    },
  );
}

describeLab('a freeze of a real Postfix', { sets: ['postfix', 'dovecot', 'net'], root: true }, () => {
  thaws(async () => {
    const office = await startOffice();
    return {
      lab: office,
      outside: office.outside,
      stop: 'postfix stop',
      start: 'postfix start',
      isUp: 'postfix status',
      folders: ['/etc/postfix', '/var/spool/postfix', '/var/log'],
      config: '/etc/postfix/main.cf',
    };
  });
});

describeLab('a freeze of a real Exim', { sets: ['exim', 'net'], root: true }, () => {
  thaws(async () => {
    const office = await startEximOffice();
    return {
      lab: office,
      outside: office.outside,
      stop: 'kill $(cat /run/exim4/exim.pid); while ss -ltn | grep -q :25; do sleep 0.05; done',
      start: 'exim4 -bd -q30m -oP /run/exim4/exim.pid >/dev/null 2>&1',
      isUp: 'ss -ltn | grep -q :25',
      folders: ['/etc/exim4', '/var/spool/exim4'],
      config: '/etc/exim4/exim4.conf',
      daemon: 'cat /run/exim4/exim.pid',
    };
  });
});

describeLab('a freeze of a real Sendmail', { sets: ['sendmail', 'net'], root: true }, () => {
  thaws(async () => {
    const lab = await startSendmail();
    return {
      lab,
      outside: await startSink(lab.box, 2602),
      stop: 'kill $(head -1 /run/sendmail.pid); while ss -ltn | grep -q :25; do sleep 0.05; done',
      start: '/usr/sbin/sendmail -bd -q1m >/dev/null 2>&1 </dev/null',
      isUp: 'ss -ltn | grep -q :25',
      folders: ['/etc/mail', '/var/spool/mqueue'],
      config: '/etc/mail/sendmail.cf',
      daemon: 'head -1 /run/sendmail.pid',
    };
  });
});

describeLab('a freeze of a real OpenSMTPD', { sets: ['opensmtpd', 'net'], root: true }, () => {
  thaws(async () => {
    const lab = await startOpensmtpd();
    return {
      lab,
      outside: await startSink(lab.box, 2602),
      stop: 'kill $(ps -eo pid=,ppid=,comm= | awk \'$3 == "smtpd" { of[$1] = $2 } END { for (each in of) if (!(of[each] in of)) print each }\'); while ps -eo stat=,comm= | grep -q "^[^Z].* smtpd$"; do sleep 0.05; done',
      start: 'smtpd >/dev/null 2>&1 </dev/null',
      isUp: 'smtpctl show status',
      folders: ['/var/spool/smtpd'],
      config: '/var/spool/smtpd/tourniquet-freeze',
    };
  });
});
