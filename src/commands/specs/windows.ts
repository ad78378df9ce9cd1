import { accept, refuse } from '../../domain/parsed.ts';
import { readWindows } from '../../domain/windows/versions.ts';
import type { WindowsVersion } from '../../domain/windows/versions.ts';
import type { CommandSpec } from '../spec.ts';

export const windowsSpec: CommandSpec<WindowsVersion> = {
  name: 'windows',
  usage: 'VER…',
  help: 'say which Windows it is, from what ver prints, and whether it is still supported',
  examples: ['windows "Microsoft Windows [Version 6.0.6001]"', 'windows 10.0.19045'],
  role: 'viewer',
  risk: 'look',
  options: [],
  read(said) {
    if (said.words.length === 0)
      return refuse('no version was said', 'paste what the command ver prints on that machine');
    const read = readWindows(said.words.join(' '));
    return read.kind === 'bad' ? read : accept(read.value);
  },
};
