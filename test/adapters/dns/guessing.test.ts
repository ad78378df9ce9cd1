/** Whoever would answer in a resolver's place has to guess the id and the port. */
import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openResolver, readServer } from '../../../adapters/dns/resolver.ts';

const QUESTIONS = 10_000;
let server: ReturnType<typeof createSocket>;
let seen: { readonly id: number; readonly port: number }[];
beforeEach(async () => {
  seen = [];
  server = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  server.on('message', (wire, from) => {
    seen.push({ id: wire.readUInt16BE(), port: from.port });
    // The question as it came, as a reply that the name does not exist.
    const reply = Buffer.from(wire);
    reply.writeUInt16BE(0x8183, 2);
    server.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => {
    server.bind(0, '127.0.0.1', resolve);
  });
});
afterEach(() => server.close());

it('ids follow no order and fill their whole range, and the port does not stay', async () => {
  const resolver = openResolver([readServer(`127.0.0.1:${server.address().port}`)]);
  const replies = await Promise.all(
    Array.from({ length: QUESTIONS }, (_, index) => resolver.ask({ name: `n${index}.test`, type: 'A' }, 20_000)),
  );
  resolver.close();
  expect(replies.every((reply) => reply.kind === 'answer' && reply.rcode === 'NXDOMAIN')).toBe(true);
  const ids = seen.map((each) => each.id);
  const next = ids.filter((id, index) => index > 0 && Math.abs(id - (ids[index - 1] ?? 0)) < 4);
  expect(next.length).toBeLessThan(QUESTIONS / 100);
  const sixteenths = new Set(ids.map((id) => id >> 12));
  expect([sixteenths.size, new Set(ids).size > QUESTIONS * 0.8]).toEqual([16, true]);
  expect(new Set(seen.map((each) => each.port)).size).toBeGreaterThanOrEqual(3);
});
