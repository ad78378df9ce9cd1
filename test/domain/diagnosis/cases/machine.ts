/** Cases of the rules about a machine that sends by itself (src/domain/diagnosis/rules/machine.ts): evidence, and what the rule says of it. */
import type { Case } from './pieces.ts';
import {
  asEver,
  clear,
  full,
  guessed,
  inside,
  listed,
  script,
  server,
  unlisted,
  waiting,
  watched,
  workstation,
} from './pieces.ts';

export const machineCases = {
  'listed though the queues are clear': [
    [
      'behind a shared address it is most likely a workstation, and may be the server',
      { ...listed({ causes: [workstation] }), ...clear, site: { sharedAddress: true } },
      [
        [workstation, 'for', 'listed-but-clear'],
        [server, 'for', 'listed-but-clear'],
        [workstation, 'for', 'shared-address'],
        [workstation, 'for', 'list-hint'],
      ],
    ],
    [
      'with an address of its own it is the server, whatever a list hints',
      { ...listed({ causes: [workstation] }), ...clear, site: { sharedAddress: false } },
      [
        [server, 'for', 'listed-but-clear'],
        [server, 'for', 'own-address'],
        [workstation, 'against', 'own-address'],
        [server, 'for', 'list-hint'],
      ],
    ],
    [
      'a mailing that goes out as usual may have got it listed',
      {
        ...listed(),
        queue: { messages: 3000 },
        logins: [{ account: 'news', messages: 2800, recipientDomains: 900, usualPerHour: 2500 }],
        site: { sharedAddress: true },
      },
      [
        [workstation, 'for', 'listed-but-clear'],
        [server, 'for', 'listed-but-clear'],
        [workstation, 'for', 'shared-address'],
        [workstation, 'against', 'mailing'],
        [server, 'against', 'mailing'],
      ],
    ],
    [
      'bounces that leave as fast as they are made get it listed as well',
      { ...listed(), ...clear, unknownRecipientsPerMinute: 400, bouncesPerMinute: 200 },
      [
        [workstation, 'for', 'listed-but-clear'],
        [server, 'for', 'listed-but-clear'],
        [workstation, 'against', 'bounces-made'],
        [server, 'against', 'bounces-made'],
      ],
    ],
    ['says nothing where the queues are full', { ...listed(), ...full }, []],
    ['says nothing where the queues were not looked at', listed(), []],
  ],
  'full queues acquit a workstation': [
    ['its own mail engine would leave them clear', full, [[workstation, 'against', 'queues-full']]],
    ['but not one that sends through the server', { ...full, insideClients: [inside] }, []],
    ['nor one that was seen trying', { ...full, ...watched([{ address: '10.0.0.23', attempts: 480 }]) }, []],
  ],
  'refused for the listing': [
    [
      'ordinary mail that waits for it says nothing of the server',
      { ...listed(), ...waiting('554 blocked using zen.test'), logins: [asEver], site: { sharedAddress: true } },
      [
        [workstation, 'for', 'refused-for-it'],
        [server, 'for', 'refused-for-it'],
      ],
    ],
    [
      'with an address of its own it is the server that sends past its queues',
      { ...listed(), ...waiting('554 blocked using zen.test'), logins: [asEver], site: { sharedAddress: false } },
      [[server, 'for', 'refused-for-it']],
    ],
    ['says nothing where nobody looked at who sends', { ...listed(), ...waiting('554 blocked using zen.test') }, []],
    ['nor where a login stands out', { ...listed(), ...waiting('554 blocked using zen.test'), logins: [guessed] }, []],
  ],
  'not listed': [
    [
      'nobody outside has noticed a machine that sends',
      unlisted,
      [
        [workstation, 'against', 'not-listed'],
        [server, 'against', 'not-listed'],
      ],
    ],
    [
      'though one that was refused far and wide gets no address listed',
      { ...unlisted, ...watched([{ address: '10.0.0.23', attempts: 480, destinations: 200 }]) },
      [[server, 'against', 'not-listed']],
    ],
    ['unknown is not clear', { listings: [{ subject: '203.0.113.7', state: 'unknown', lists: [] }] }, []],
  ],
  'attempts at port 25': [
    [
      'with outbound mail frozen, whoever tries is guilty',
      watched([{ address: '10.0.0.23', attempts: 480, destinations: 200 }]),
      [
        [workstation, 'for', 'workstation-attempts'],
        [server, 'against', 'workstation-attempts'],
      ],
    ],
    [
      'attempts of the mail server mean the server itself',
      watched([{ address: '10.0.0.13', attempts: 320, destinations: 150, mailServer: true }]),
      [
        [server, 'for', 'server-attempts'],
        [workstation, 'against', 'server-attempts'],
      ],
    ],
    [
      'those of a server that was not frozen say nothing',
      watched([{ address: '10.0.0.13', attempts: 320, mailServer: true }], false),
      [],
    ],
    [
      'silence while watched speaks against both',
      watched([]),
      [
        [workstation, 'against', 'silence'],
        [server, 'against', 'silence'],
      ],
    ],
    ['a minute of silence says nothing', watched([], true, 60), []],
  ],
  'a program on the server sends': [
    ['a web script that hands in far more than usual', { localSenders: [script] }, [[server, 'for', 'local-program']]],
    ['what is usual is no sign', { localSenders: [{ ...script, usualPerHour: 880 }] }, []],
    [
      'one without a past is more likely where the address is listed',
      { ...listed(), localSenders: [{ uid: script.uid, messages: script.messages }] },
      [
        [server, 'for', 'local-program'],
        [server, 'for', 'local-program-listed'],
      ],
    ],
  ],
  'a machine inside sends through the server': [
    ['far more than usual without a login', { insideClients: [inside] }, [[workstation, 'for', 'inside-client']]],
    [
      'and the address is listed',
      { ...listed(), insideClients: [inside] },
      [
        [workstation, 'for', 'inside-client'],
        [workstation, 'for', 'inside-client-listed'],
      ],
    ],
    ['a scanner that mails to few domains is no sign', { insideClients: [{ ...inside, recipientDomains: 2 }] }, []],
  ],
} as const satisfies Readonly<Record<string, readonly Case[]>>;
