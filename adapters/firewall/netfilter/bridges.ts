/**
 * A bridge that leads outside: what it carries from one of its ports to another passes no rule of a firewall, unless the
 * kernel hands bridged packets to the firewall (net.bridge.bridge-nf-call-*, or the bridge's own switch). Seen on a real
 * kernel: without it a machine on the bridge reached port 25 through rules that were listed whole.
 */
import { foreign, say } from '../../../src/domain/foreign.ts';
import type { Phrase } from '../../../src/domain/foreign.ts';
import type { Host } from '../../../src/ports/host.ts';

const DEADLINE_MS = 10_000;

/** Each bridge of those interfaces that carries packets past the firewall, in words. Throws HostUnknown. */
export async function bridgedPast(outside: readonly string[], name: string, host: Host): Promise<readonly Phrase[]> {
  const bridges = await devices(host, ['type', 'bridge']);
  const found = await Promise.all(
    outside
      .filter((each) => bridges.includes(each))
      .map(async (bridge) => {
        if ((await devices(host, ['master', bridge])).length < 2) return [];
        const isFiltered = await Promise.all(
          ['iptables', 'ip6tables'].map((family) =>
            isOn(host, [
              `/proc/sys/net/bridge/bridge-nf-call-${family}`,
              `/sys/class/net/${bridge}/bridge/nf_call_${family}`,
            ]),
          ),
        );
        return isFiltered.every(Boolean) ? [] : [bridge];
      }),
  );
  return found
    .flat()
    .map(
      (bridge) =>
        say`${foreign(bridge)} of ${name} is a bridge: what it carries from one of its ports to another passes these rules unseen; set net.bridge.bridge-nf-call-iptables and bridge-nf-call-ip6tables to 1`,
    );
}

async function devices(host: Host, words: readonly string[]): Promise<readonly string[]> {
  const ran = await host.run(['ip', '-o', 'link', 'show', ...words], { deadlineMs: DEADLINE_MS });
  return ran.out.split('\n').flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);
}

/** A file that isn't there is of a module that isn't loaded. */
async function isOn(host: Host, files: readonly string[]): Promise<boolean> {
  const ran = await host.run(['cat', ...files], { deadlineMs: DEADLINE_MS });
  return ran.out.split('\n').includes('1');
}
