/** A provider's relay in a box: it takes mail over TLS alone (on 465 from the first octet), and from the one login it knows. */
import type { Box } from './box.ts';
import { until } from './process.ts';
import type { Sink } from './smtp.ts';

const RELAY = `import base64,socketserver,ssl,sys
port,notes,key,login,password=sys.argv[1:6]
context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(key)
class Session(socketserver.BaseRequestHandler):
  def handle(self):
    link=self.request; tls=port=='465'; known=False; to=[]
    if tls: link=context.wrap_socket(link,server_side=True)
    lines=link.makefile('rwb')
    def say(text): lines.write(text.encode()+b'\\r\\n'); lines.flush()
    say('220 relay ESMTP')
    while True:
      line=lines.readline()
      if not line: return
      words=line.decode().strip(); word=words.upper().split(' ')[0].split(':')[0]
      if word=='EHLO':
        say('250-relay'); say('250 AUTH PLAIN' if tls else '250 STARTTLS')
      elif word=='STARTTLS':
        say('220 go on'); link=context.wrap_socket(link,server_side=True); lines=link.makefile('rwb'); tls=True
      elif word=='AUTH' and tls:
        sent=words.split(' ')[2] if len(words.split(' '))>2 else None
        if sent is None: say('334 '); sent=lines.readline().decode().strip()
        known=base64.b64decode(sent).decode().split('\\0')[1:]==[login,password]
        say('235 ok' if known else '535 5.7.8 authentication failed')
      elif word in ('QUIT','RSET','NOOP'): say('221 bye' if word=='QUIT' else '250 ok')
      elif not known: say('530 5.7.0 authentication required')
      elif word=='RCPT': to.append(words.split('<')[1].split('>')[0]); say('250 ok')
      elif word=='DATA':
        say('354 go on')
        while lines.readline().strip()!=b'.': pass
        open(notes,'a').write(''.join(each+'\\n' for each in to)); to=[]; say('250 taken')
      else: say('250 ok')
class Server(socketserver.ThreadingTCPServer): allow_reuse_address=True; daemon_threads=True
server=Server(('127.0.0.1',int(port)),Session); print('listening',flush=True); server.serve_forever()`;

const KEY =
  'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=relay.isp.test -keyout /run/relay.key -out /run/relay.crt 2>/dev/null && cat /run/relay.key /run/relay.crt > /run/relay.pem';

export async function startRelay(box: Box, port: number, login: string, password: string): Promise<Sink> {
  await box.must(['sh', '-c', KEY]);
  box.write(`/run/relay${port}`, '');
  const inside = box.start([
    'python3',
    '-c',
    RELAY,
    String(port),
    `/run/relay${port}`,
    '/run/relay.pem',
    login,
    password,
  ]);
  await until(() => inside.output().includes('listening'), 10_000, 'the relay to listen');
  return {
    reached: () =>
      box
        .read(`/run/relay${port}`)
        .split('\n')
        .filter((line) => line !== ''),
    takes: () => {},
  };
}
