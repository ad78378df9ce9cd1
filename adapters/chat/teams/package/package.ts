/** The package that is uploaded to Teams: the manifest and two icons in a zip. */
import type { CommandSpec } from '../../../../src/commands/spec.ts';
import { colourIcon, outlineIcon } from './icons.ts';
import { makeManifest } from './manifest.ts';
import type { PackagePlan } from './manifest.ts';
import { zip } from './zip.ts';

export function makePackage(plan: PackagePlan, registry: readonly CommandSpec[]): Buffer {
  return zip([
    { name: 'manifest.json', content: Buffer.from(`${JSON.stringify(makeManifest(plan, registry), undefined, 2)}\n`) },
    { name: 'color.png', content: colourIcon() },
    { name: 'outline.png', content: outlineIcon() },
  ]);
}
