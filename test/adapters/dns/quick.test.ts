import dnsPacket from 'dns-packet';
import type { Answer } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeReply } from '../../../adapters/dns/message.ts';
import { readQuick, writeQuestion } from '../../../adapters/dns/quick.ts';
import type { Question } from '../../../src/ports/dns.ts';

const label = fc.stringMatching(/^[a-z0-9_-]{1,63}$/);
const name = fc
  .array(label, { minLength: 1, maxLength: 8 })
  .map((labels) => labels.join('.'))
  .filter((text) => text.length <= 253);
const question = fc.record({ name, type: fc.constantFrom('A' as const, 'TXT' as const, 'AAAA' as const) });
const id = fc.integer({ min: 0, max: 65_535 });
const address = fc
  .tuple(...([0, 1, 2, 3] as const).map(() => fc.integer({ min: 0, max: 255 })))
  .map((all) => all.join('.'));
const ttl = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** A reply as servers send them: data of the name, of an alias, of another name; nothing, with and without SOA. */
const replies = fc.record({ question, id }).chain(({ question: asked, id: number }) => {
  const record = fc.record({
    data: address,
    ttl,
    owner: fc.constantFrom(asked.name, asked.name, asked.name, 'other.test'),
  });
  return fc
    .record({
      rcode: fc.constantFrom(0, 0, 3, 2, 5),
      records: fc.array(record, { maxLength: 4 }),
      soa: fc.option(fc.record({ ttl, minimum: ttl })),
      upper: fc.boolean(),
      alias: fc.boolean(),
    })
    .map(({ rcode, records, soa, upper, alias }) => {
      const end = alias ? 'end.test' : asked.name;
      const answers: Answer[] = [
        ...(alias ? [{ type: 'CNAME' as const, name: asked.name, ttl: 5, data: end }] : []),
        ...records.map((each): Answer => {
          const owner = each.owner === asked.name ? end : each.owner;
          return { type: 'A', class: 'IN', name: owner, ttl: each.ttl, data: each.data };
        }),
      ];
      const wire = dnsPacket.encode({
        type: 'response',
        id: number,
        flags: 0x0180 | rcode,
        questions: [{ name: upper ? asked.name.toUpperCase() : asked.name, type: asked.type, class: 'IN' }],
        answers,
        authorities: soa
          ? [
              {
                type: 'SOA',
                name: 'test',
                ttl: soa.ttl,
                data: {
                  mname: 'ns.test',
                  rname: 'a.test',
                  serial: 1,
                  refresh: 1,
                  retry: 1,
                  expire: 1,
                  minimum: soa.minimum,
                },
              },
            ]
          : [],
      });
      return { asked, number, wire: compressed(wire, asked.name.length) };
    });
});

/** Servers point to the question's name instead of repeating it. */
function compressed(wire: Buffer, length: number): Buffer {
  const owner = wire.subarray(12, 12 + length + 2);
  const at = wire.indexOf(owner, 12 + length + 6);
  if (at < 0) return wire;
  return compressed(
    Buffer.concat([wire.subarray(0, at), Buffer.from([0xc0, 0x0c]), wire.subarray(at + owner.length)]),
    length,
  );
}

function quick(wire: Uint8Array, asked: Question, number: number) {
  const sent = writeQuestion(asked, number, true);
  if (!sent) throw new Error('a good name was not written');
  return readQuick(wire, sent, asked);
}

describe('the hand-written codec', () => {
  it('writes a question octet by octet as the whole codec does', () => {
    fc.assert(
      fc.property(question, id, fc.boolean(), (asked, number, edns) => {
        const whole = dnsPacket.encode({
          type: 'query',
          id: number,
          flags: dnsPacket.RECURSION_DESIRED,
          questions: [{ name: asked.name, type: asked.type, class: 'IN' }],
          additionals: edns
            ? [
                {
                  type: 'OPT',
                  name: '.',
                  udpPayloadSize: 1232,
                  flags: 0,
                  extendedRcode: 0,
                  ednsVersion: 0,
                  flag_do: false,
                  options: [],
                },
              ]
            : [],
        });
        expect(Buffer.from(writeQuestion(asked, number, edns) ?? [])).toEqual(whole);
      }),
    );
  });

  it.each(['', '.', 'a..b', '.a', `${'a'.repeat(64)}.test`, `${'a.'.repeat(127)}aa`, 'bücher.test'])(
    'does not write %j, which is no name',
    (bad) => {
      expect(writeQuestion({ name: bad, type: 'A' }, 1, true)).toBeUndefined();
    },
  );

  it('reads a reply as the whole codec does, or leaves it to that', () => {
    let claimed = 0;
    fc.assert(
      fc.property(replies, ({ asked, number, wire }) => {
        const read = quick(wire, asked, number);
        if (read === undefined) return;
        claimed += 1;
        expect(read).toEqual(decodeReply(wire, asked, number));
      }),
      { numRuns: 1000 },
    );
    expect(claimed).toBeGreaterThan(30);
  });

  it('claims no damaged reply that the whole codec reads otherwise', () => {
    const damage = fc.array(fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(replies, damage, fc.nat({ max: 60 }), ({ asked, number, wire }, changes, cut) => {
        const damaged = Buffer.from(wire.subarray(0, Math.max(12, wire.length - (cut > 40 ? cut - 40 : 0))));
        for (const [at, octet] of changes) damaged[at % damaged.length] = octet;
        const read = quick(damaged, asked, number);
        const whole = decodeReply(damaged, asked, number);
        if (read?.kind !== 'answer' || whole.kind !== 'answer') return;
        expect({ rcode: read.rcode, data: read.data }).toEqual({ rcode: whole.rcode, data: whole.data });
      }),
      { numRuns: 3000 },
    );
  });

  it('takes a reply for ours only with our id and our question', () => {
    const asked: Question = { name: '2.0.0.127.bl.test', type: 'A' };
    const wire = (over: { id?: number; name?: string; type?: 'A' | 'TXT' }): Buffer =>
      dnsPacket.encode({
        type: 'response',
        id: over.id ?? 7,
        flags: 0x0183,
        questions: [{ name: over.name ?? asked.name, type: over.type ?? 'A', class: 'IN' }],
      });
    expect(quick(wire({}), asked, 7)).toMatchObject({ kind: 'answer', rcode: 'NXDOMAIN', data: [] });
    for (const other of [wire({ id: 8 }), wire({ name: '3.0.0.127.bl.test' }), wire({ type: 'TXT' })])
      expect(quick(other, asked, 7)).toBeUndefined();
  });
});
