/** Both ends of SMTP in a box: a server of the outside world that notes what reaches it, and a client that speaks lines. */
import type { Box, Inside } from './box.ts';
import { until } from './process.ts';

/** Takes everything; notes each recipient in the file as soon as its message is there, and answers, where told, after a time. */
const SINK = `import os,socketserver,sys,time
class Session(socketserver.StreamRequestHandler):
  def handle(self):
    say=lambda text: self.wfile.write(text.encode()+b'\\r\\n')
    say('220 outside ESMTP'); to=[]
    while True:
      line=self.rfile.readline()
      if not line: return
      word=line.strip().upper()
      if word.startswith(b'RCPT'): to.append(line.split(b'<')[1].split(b'>')[0].decode()); say('250 ok')
      elif word==b'DATA':
        say('354 go on')
        while self.rfile.readline().strip()!=b'.': pass
        open(sys.argv[2],'a').write(''.join(each+'\\n' for each in to)); to=[]
        if os.path.exists(sys.argv[2]+'.takes'): time.sleep(float(open(sys.argv[2]+'.takes').read()))
        say('250 taken')
      elif word==b'QUIT': say('221 bye'); return
      else: say('250 ok')
class Server(socketserver.ThreadingTCPServer): allow_reuse_address=True; daemon_threads=True
server=Server(('127.0.0.1',int(sys.argv[1])),Session); print('listening',flush=True); server.serve_forever()`;

/**
 * Says each line that it reads, and prints the last line of each answer; the greeting first. How long to wait for one is
 * the test's business.
 */
const CLIENT = `import socket,sys
s=socket.create_connection(('127.0.0.1',int(sys.argv[1])),120); f=s.makefile('rwb')
def answer():
  while True:
    line=f.readline()
    if not line: print('closed',flush=True); sys.exit()
    if line[3:4]!=b'-': print(line.decode().strip(),flush=True); return
answer()
for line in sys.stdin:
  try: f.write(line.strip().encode()+b'\\r\\n'); f.flush(); answer()
  except OSError: print('closed',flush=True); sys.exit()`;

export interface Sink {
  /** The recipients of what has reached the outside world, in order. */
  reached(): readonly string[];
  /** So long it thinks about each message from now on. */
  takes(seconds: number): void;
}

export async function startSink(box: Box, port: number, name = 'outside'): Promise<Sink> {
  const inside = box.start(['python3', '-c', SINK, String(port), `/run/${name}`]);
  await until(() => inside.output().includes('listening'), 10_000, 'the outside world to listen');
  box.write(`/run/${name}`, '');
  return {
    reached: () =>
      box
        .read(`/run/${name}`)
        .split('\n')
        .filter((line) => line !== ''),
    takes: (seconds) => box.write(`/run/${name}.takes`, String(seconds)),
  };
}

export interface Session {
  /** The server's answer to this line; `closed` where the connection is gone. */
  say(line: string): Promise<string>;
  close(): void;
}

export async function openSession(box: Box, port: number): Promise<Session> {
  const inside: Inside = box.start(['python3', '-c', CLIENT, String(port)]);
  const answers = (): readonly string[] => inside.output().split('\n').slice(0, -1);
  await until(() => answers().length > 0, 10_000, 'a greeting');
  return {
    say: async (line) => {
      const many = answers().length;
      if (answers().at(-1) === 'closed') return 'closed';
      inside.child.stdin?.write(`${line}\n`);
      await until(() => answers().length > many, 10_000, `an answer to ${line}`);
      return answers()[many] ?? '';
    },
    close: () => inside.child.stdin?.end(),
  };
}

/** Hands in an empty message; the server's last answer, or the first that isn't a yes. */
export async function handIn(session: Session, from: string, to: string): Promise<string> {
  let answer = '';
  for (const line of [`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA', '.']) {
    answer = await session.say(line);
    if (!/^[23]/.test(answer)) return answer;
  }
  return answer;
}
