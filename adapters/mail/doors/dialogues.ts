/** What is said at the doors: SMTP (RFC 5321), IMAP (RFC 3501), POP3 (RFC 1939, 2449, 2595). */
import type { DoorProtocol } from '../../../src/domain/exposure/door.ts';
import { TalkFailed } from './talk.ts';
import type { Talk } from './talk.ts';

export interface Dialogue {
  greeting(talk: Talk): Promise<{ readonly text: string; readonly refusal?: string }>;
  /** What the server says it can do, one ability per entry. */
  capabilities(talk: Talk, name: string): Promise<readonly string[]>;
  offersTls(ability: string): boolean;
  /** True where TLS begins now. */
  startTls(talk: Talk): Promise<boolean>;
  readonly goodBye: string;
}

const SMTP_LAST = /^\d{3}(?: |$)/;

const smtp: Dialogue = {
  async greeting(talk) {
    const lines = await talk.read((line) => SMTP_LAST.test(line));
    const text = lines.at(-1) ?? '';
    if (text.startsWith('220')) return { text };
    if (/^[45]\d\d/.test(text)) return { text, refusal: text };
    throw new TalkFailed('failed', `it does not speak SMTP: ${text.slice(0, 100)}`);
  },
  async capabilities(talk, name) {
    talk.send(`EHLO ${name}`);
    const lines = await talk.read((line) => SMTP_LAST.test(line));
    return lines.at(-1)?.startsWith('250') ? lines.slice(1).map((line) => line.slice(4)) : [];
  },
  offersTls: (ability) => ability.toUpperCase().trim() === 'STARTTLS',
  async startTls(talk) {
    talk.send('STARTTLS');
    const lines = await talk.read((line) => SMTP_LAST.test(line));
    return lines.at(-1)?.startsWith('220') === true;
  },
  goodBye: 'QUIT',
};

const imap: Dialogue = {
  async greeting(talk) {
    const [text = ''] = await talk.read(() => true);
    if (/^\* (?:OK|PREAUTH)/i.test(text)) return { text };
    if (/^\* BYE/i.test(text)) return { text, refusal: text };
    throw new TalkFailed('failed', `it does not speak IMAP: ${text.slice(0, 100)}`);
  },
  async capabilities(talk) {
    talk.send('c CAPABILITY');
    const lines = await talk.read((line) => /^c (?:OK|NO|BAD)/i.test(line));
    return lines.flatMap((line) => (/^\* CAPABILITY /i.test(line) ? line.split(' ').slice(2) : []));
  },
  offersTls: (ability) => ability.toUpperCase() === 'STARTTLS',
  async startTls(talk) {
    talk.send('t STARTTLS');
    const lines = await talk.read((line) => /^t (?:OK|NO|BAD)/i.test(line));
    return /^t OK/i.test(lines.at(-1) ?? '');
  },
  goodBye: 'q LOGOUT',
};

const pop3: Dialogue = {
  async greeting(talk) {
    const [text = ''] = await talk.read(() => true);
    if (text.startsWith('+OK')) return { text };
    if (text.startsWith('-ERR')) return { text, refusal: text };
    throw new TalkFailed('failed', `it does not speak POP3: ${text.slice(0, 100)}`);
  },
  async capabilities(talk) {
    talk.send('CAPA');
    const lines = await talk.read((line) => line === '.' || line.startsWith('-ERR'));
    // A server without CAPA is older than RFC 2449 and takes USER (RFC 1939).
    return lines[0]?.startsWith('-ERR') ? ['USER'] : lines.slice(1, -1);
  },
  offersTls: (ability) => ability.toUpperCase().trim() === 'STLS',
  async startTls(talk) {
    talk.send('STLS');
    const [answer = ''] = await talk.read(() => true);
    return answer.startsWith('+OK');
  },
  goodBye: 'QUIT',
};

export const DIALOGUES: Readonly<Record<DoorProtocol, Dialogue>> = { pop3, imap, smtp };
