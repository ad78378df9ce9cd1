import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateRawSync, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeManifest } from '../../../adapters/chat/teams/package/manifest.ts';
import { makePackage } from '../../../adapters/chat/teams/package/package.ts';
import { registry } from '../../../src/commands/registry.ts';
import { makeBot } from '../../support/bot.ts';
import type { Bot } from '../../support/bot.ts';
import { manifestSchema } from '../../support/teams/manifest-schema.ts';
import { APP } from '../../support/teams/people.ts';
import { faultsOfManifest } from '../../support/teams/published-schema.ts';

const PLAN = { appId: APP, version: '0.1.0', website: 'https://intranet.example.com/mail', readChannels: false };

/** Reads an archive by its central directory, as Teams does; each file's sum is checked. */
function unzip(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  const files = new Map<string, Buffer>();
  for (let index = 0; index < count; index += 1) {
    expect(bytes.readUInt32LE(at)).toBe(0x02014b50);
    const sum = bytes.readUInt32LE(at + 16);
    const packed = bytes.readUInt32LE(at + 20);
    const named = bytes.readUInt16LE(at + 28);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.subarray(at + 46, at + 46 + named).toString('utf8');
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = inflateRawSync(bytes.subarray(start, start + packed));
    expect(crc32(content)).toBe(sum);
    files.set(name, content);
    at += 46 + named + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** Width, height and the rows of an 8-bit RGBA picture. */
function readPng(bytes: Buffer): { readonly width: number; readonly height: number; readonly pixels: Buffer } {
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    expect(crc32(body)).toBe(bytes.readUInt32BE(at + 8 + length));
    if (body.subarray(0, 4).toString() === 'IDAT') parts.push(body.subarray(4));
  }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), pixels: inflateSync(Buffer.concat(parts)) };
}

describe('the app package', () => {
  it.each([false, true])(
    'has a manifest that keeps to the documented limits (reading channels: %s)',
    (readChannels) => {
      const manifest = makeManifest({ ...PLAN, readChannels }, registry);
      expect(manifestSchema.safeParse(manifest).error?.issues).toBeUndefined();
      expect(faultsOfManifest(manifest)).toEqual([]);
    },
  );

  it.each([
    [{ manifestVersion: '1.18' }, 'manifestVersion'],
    [{ accentColor: 'red' }, 'accentColor'],
    [{ bots: [{ botId: 'no guid', scopes: ['personal'] }] }, 'bots.0.botId'],
    [{ unheardOf: true }, 'unheardOf'],
    [{ composeExtensions: [{ botId: APP, commands: [{ id: 'x' }] }] }, 'composeExtensions.0.commands.0.title'],
  ])('is held to the schema that Microsoft has published: %j would be refused', (spoilt, where) => {
    expect(faultsOfManifest({ ...makeManifest(PLAN, registry), ...spoilt }).join()).toContain(where);
  });

  it('offers the commands of the registry, in its order and with its help', () => {
    const manifest = manifestSchema.parse(makeManifest(PLAN, registry));
    const [first] = manifest.bots[0]?.commandLists[0]?.commands ?? [];
    const [spec] = registry.filter((each) => !each.shellOnly);
    expect(first).toEqual({ title: spec?.name, description: spec?.help });
  });

  it('keeps to the limits with a registry that is far too large', () => {
    const [spec] = registry;
    if (!spec) throw new Error('no commands');
    const many = Array.from({ length: 60 }, (_, index) => ({
      ...spec,
      name: `c${index}${'x'.repeat(60)}`,
      help: 'h'.repeat(400),
    }));
    const manifest = makeManifest(PLAN, [...many, ...registry]);
    expect(manifestSchema.safeParse(manifest).success).toBe(true);
    expect(faultsOfManifest(manifest)).toEqual([]);
  });

  it('holds the manifest and two icons of the sizes Teams wants, the outline white on nothing', () => {
    const files = unzip(makePackage(PLAN, registry));
    expect([...files.keys()]).toEqual(['manifest.json', 'color.png', 'outline.png']);
    expect(readPng(files.get('color.png') ?? Buffer.alloc(0))).toMatchObject({ width: 192, height: 192 });
    const outline = readPng(files.get('outline.png') ?? Buffer.alloc(0));
    expect(outline).toMatchObject({ width: 32, height: 32 });
    const alphas = Array.from(
      { length: 32 * 32 },
      (_, index) => outline.pixels[Math.floor(index / 32) * 129 + 1 + (index % 32) * 4 + 3],
    );
    expect(alphas).toContain(0);
    expect(alphas).toContain(255);
  });

  it('is the same, byte for byte, for the same plan', () => {
    expect(makePackage(PLAN, registry).equals(makePackage(PLAN, registry))).toBe(true);
  });
});

describe('tq teams package', () => {
  let bot: Bot;
  beforeEach(() => {
    bot = makeBot();
  });
  afterEach(() => bot.clean());

  it('writes it, and says what to do with it', async () => {
    const said = await bot.run(['teams', 'package', '--app-id', APP, '--out', 'x.zip']);
    expect(said).toMatchObject({ status: 0, out: expect.stringContaining('Upload it in Teams') });
    const manifest: unknown = JSON.parse(
      unzip(readFileSync(join(bot.dataFolder, 'x.zip')))
        .get('manifest.json')
        ?.toString() ?? '',
    );
    expect(manifest).toMatchObject({ id: APP });
  });

  it.each([
    [['teams', 'package'], 3, 'MicrosoftAppId'],
    [['teams', 'package', '--app-id', 'x'], 64, 'is not an app id'],
    [['teams', 'package', '--app-id', APP, '--website', 'http://x'], 64, 'is not an https address'],
    [['teams', 'pakage'], 64, 'write tq teams package'],
  ])('%j is refused with the remedy', async (words, status, why) => {
    const said = await bot.run(words, { env: { MicrosoftAppId: '' } });
    expect(said).toMatchObject({ status, err: expect.stringContaining(why) });
  });
});
