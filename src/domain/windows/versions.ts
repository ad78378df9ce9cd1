/**
 * Which Windows is it, and is it still supported?
 *
 * Owns: reading a `ver` string. Rules:
 * 1. A version is read by family (major.minor, for 10.0 a range of builds), never by an exact build: 6.0.6000 is Vista
 *    RTM and 6.0.6001 is Vista SP1, and a script that knew only the first broke when the second came.
 * 2. A workstation and a server of one family have the same version; both are named unless the text says which.
 * 3. A build that is newer than any known one is of the newest family that it can be, and that is said.
 * Dates are the ends of Microsoft's extended support: of a server's long-term channel, of a workstation's general one,
 * and where editions differ (Windows 11) of the last, Enterprise and Education.
 */
import { accept, refuse } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';

export interface WindowsVersion {
  /** What was read: 6.0.6001. */
  readonly version: string;
  readonly family: string;
  readonly server: string | undefined;
  /** ISO date of the end of support of the workstation; undefined where it is supported on. */
  readonly ends: string | undefined;
  readonly serverEnds: string | undefined;
  /** The build is newer than any that is known. */
  readonly newer: boolean;
}

interface Family {
  readonly line: string;
  /** Lowest build of this family within its line. */
  readonly from: number;
  readonly name: string;
  readonly ends?: string;
  readonly server?: string;
  readonly serverEnds?: string;
}

/** Within a line, by rising build. */
const FAMILIES: readonly Family[] = [
  { line: '4.0', from: 0, name: 'Windows 95 or NT 4.0', ends: '2004-12-31' },
  { line: '4.10', from: 0, name: 'Windows 98', ends: '2006-07-11' },
  { line: '4.90', from: 0, name: 'Windows Me', ends: '2006-07-11' },
  {
    line: '5.0',
    from: 0,
    name: 'Windows 2000',
    ends: '2010-07-13',
    server: 'Windows 2000 Server',
    serverEnds: '2010-07-13',
  },
  { line: '5.1', from: 0, name: 'Windows XP', ends: '2014-04-08' },
  {
    line: '5.2',
    from: 0,
    name: 'Windows XP x64',
    ends: '2014-04-08',
    server: 'Windows Server 2003',
    serverEnds: '2015-07-14',
  },
  {
    line: '6.0',
    from: 0,
    name: 'Windows Vista',
    ends: '2017-04-11',
    server: 'Windows Server 2008',
    serverEnds: '2020-01-14',
  },
  {
    line: '6.1',
    from: 0,
    name: 'Windows 7',
    ends: '2020-01-14',
    server: 'Windows Server 2008 R2',
    serverEnds: '2020-01-14',
  },
  {
    line: '6.2',
    from: 0,
    name: 'Windows 8',
    ends: '2016-01-12',
    server: 'Windows Server 2012',
    serverEnds: '2023-10-10',
  },
  {
    line: '6.3',
    from: 0,
    name: 'Windows 8.1',
    ends: '2023-01-10',
    server: 'Windows Server 2012 R2',
    serverEnds: '2023-10-10',
  },
  {
    line: '10.0',
    from: 0,
    name: 'Windows 10',
    ends: '2025-10-14',
    server: 'Windows Server 2016',
    serverEnds: '2027-01-12',
  },
  {
    line: '10.0',
    from: 17_763,
    name: 'Windows 10',
    ends: '2025-10-14',
    server: 'Windows Server 2019',
    serverEnds: '2029-01-09',
  },
  // Without a server of the long-term channel.
  { line: '10.0', from: 18_362, name: 'Windows 10', ends: '2025-10-14' },
  { line: '10.0', from: 20_348, name: 'Windows Server 2022', server: 'Windows Server 2022', serverEnds: '2031-10-14' },
  { line: '10.0', from: 22_000, name: 'Windows 11', ends: '2024-10-08' },
  { line: '10.0', from: 22_621, name: 'Windows 11', ends: '2025-10-14' },
  { line: '10.0', from: 22_631, name: 'Windows 11', ends: '2026-11-10' },
  {
    line: '10.0',
    from: 26_100,
    name: 'Windows 11',
    ends: '2027-10-12',
    server: 'Windows Server 2025',
    serverEnds: '2034-11-14',
  },
  // From the newest that is known on, nothing ends yet.
  { line: '10.0', from: 26_200, name: 'Windows 11', server: 'Windows Server 2025', serverEnds: '2034-11-14' },
];

const NEWEST_BUILD = 28_000;

/** Service packs that are told by the build, for those who know them by that name. */
const SERVICE_PACKS: Readonly<Record<string, string>> = {
  '6.0.6000': 'RTM',
  '6.0.6001': 'SP1',
  '6.0.6002': 'SP2',
  '6.0.6003': 'SP2, updated',
  '6.1.7600': 'RTM',
  '6.1.7601': 'SP1',
  '5.2.3790': 'RTM, SP1 or SP2',
};

/** Reads what `ver` prints, or the bare version. */
export function readWindows(text: string): Parsed<WindowsVersion> {
  const found = /(?:^|[^\d.])(\d{1,2})\.(\d{1,2})(?:\.(\d{1,5}))?(?:\.\d{1,6})?(?![\d.])/.exec(` ${text}`);
  if (!found)
    return refuse(
      `${JSON.stringify(text.slice(0, 80))} holds no Windows version`,
      'paste what the command ver prints, such as Microsoft Windows [Version 6.0.6001]',
    );
  const [, major = '', minor = '', buildText] = found;
  const line = `${Number(major)}.${minor === '00' ? '0' : minor}`;
  const build = Number(buildText ?? 0);
  const family = FAMILIES.filter((each) => each.line === line && build >= each.from).at(-1);
  const version = buildText === undefined ? line : `${line}.${build}`;
  if (!family) {
    if (Number(major) <= 10)
      return refuse(
        `${version} is no version of Windows that is known`,
        'look at what ver prints on that machine once more',
      );
    return accept({
      version,
      family: 'a Windows newer than is known here',
      server: undefined,
      ends: undefined,
      serverEnds: undefined,
      newer: true,
    });
  }
  const pack = SERVICE_PACKS[version];
  return accept({
    version,
    family: pack === undefined ? family.name : `${family.name} (${pack})`,
    server: family.server,
    ends: family.ends,
    serverEnds: family.serverEnds,
    newer: line === '10.0' && build > NEWEST_BUILD,
  });
}

export type Support = 'supported' | 'ended' | 'unknown';

/** Whether it is supported at `now` (milliseconds since 1970 UTC); unknown where workstation and server differ. */
export function supportOf(found: WindowsVersion, now: number): Support {
  if (found.newer && found.ends === undefined && found.server === undefined) return 'unknown';
  const over = (ends: string | undefined): boolean => ends !== undefined && now > Date.parse(`${ends}T23:59:59Z`);
  const workstation = over(found.ends);
  if (found.server === undefined || found.family === found.server)
    return over(found.serverEnds ?? found.ends) ? 'ended' : 'supported';
  const server = over(found.serverEnds);
  return workstation === server ? (workstation ? 'ended' : 'supported') : 'unknown';
}
