/** A machine that sends by itself, past the mail server's queues: a workstation, or the server. */
import type { Playbook } from '../step.ts';
import {
  block,
  delist,
  freeze,
  hunt,
  letBack,
  offLists,
  ownAddress,
  proveStopped,
  quarantine,
  reroute,
  routeBack,
  unblock,
  unfreeze,
  wipe,
} from './common.ts';

export const workstation: Playbook = {
  id: 'compromised-workstation',
  title: 'Find the machine that sends by itself',
  causes: ['compromised-workstation'],
  steps: [
    freeze,
    block,
    hunt,
    quarantine,
    unblock,
    unfreeze,
    reroute,
    wipe,
    letBack,
    proveStopped,
    delist,
    offLists,
    routeBack,
    ownAddress,
  ],
};

export const server: Playbook = {
  id: 'compromised-server',
  title: 'The mail server itself was broken into',
  causes: ['compromised-server'],
  steps: [
    {
      id: 'pull-the-plug',
      title: 'Pull the plug',
      why: 'nothing more goes out and nothing more piles up, and there is room to think; it comes back by itself',
      does: { kind: 'measure', measure: { kind: 'unplug', leaseMinutes: 30 } },
      proof: 'nothing passes the firewall but the way to it and the bot’s own',
      undo: 'plug in again; the firewall does it by itself at the lease’s end',
    },
    block,
    freeze,
    {
      id: 'plug-in',
      title: 'Plug in again',
      why: 'port 25 is blocked and outbound mail is frozen: the rest of the company may work',
      does: { kind: 'take-back', of: 'pull-the-plug' },
      after: ['block-port-25'],
      proof: 'the firewall’s rules are what they were before',
      undo: 'pull the plug again',
    },
    {
      id: 'rebuild',
      title: 'Build the server anew',
      why: 'what got in is removed by wiping; nobody can prove that it is gone',
      does: {
        kind: 'person',
        instruction:
          'Keep an image of its disk, install it anew from known media, restore mail and settings from before, change every password and key that was on it.',
      },
      proof: 'it was installed anew, and no attempt to port 25 comes from its address while outbound mail is frozen',
      undo: 'nothing to take back',
    },
    { ...unblock, after: ['rebuild'] },
    { ...unfreeze, after: ['rebuild'] },
    proveStopped,
    delist,
    ownAddress,
  ],
};
