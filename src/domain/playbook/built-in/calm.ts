/** No attack: the ISP's relay, a configuration, a policy; and what to do while nobody knows. */
import type { Playbook, Step } from '../step.ts';
import { block, freeze, hunt, proveStopped, reroute, unblock, unfreeze } from './common.ts';

const lookAgain: Step = {
  ...proveStopped,
  id: 'look-again',
  does: { kind: 'look', words: ['triage', '{site}', '--incident', '{incident}'] },
  title: 'See that mail leaves',
  why: 'a mended configuration shows itself: the queue shrinks',
  proof: 'the queue is short and stays short',
  againAfterMinutes: 10,
};

export const smartHost: Playbook = {
  id: 'smart-host-refusal',
  title: 'Ask the ISP',
  causes: ['smart-host-refusal'],
  steps: [
    {
      id: 'ask-the-isp',
      title: 'Ask the ISP',
      why: 'the ISP often blocks first and asks later; only it can see what its relay does with the mail',
      does: {
        kind: 'person',
        instruction:
          'Call the ISP’s abuse desk: since when is it blocked, why, and a sample with all its headers. Note what it says.',
      },
      proof: 'the reason, the time and a sample are noted in the incident',
      undo: 'nothing to take back',
    },
    {
      id: 'find-sender',
      title: 'See who sends through it',
      why: 'queues and public lists can be clear while the server is abused, because the relay does the sending',
      does: { kind: 'look', words: ['queue', '{server}', 'top', 'senders'] },
      proof: 'the sender of the ISP’s sample is found, or it is shown to be none of ours',
      undo: 'nothing to take back: it only looks',
    },
    {
      id: 'mend',
      title: 'Remove the cause, then ask for release',
      why: 'the ISP lets it go once the cause is named and gone',
      does: {
        kind: 'person',
        instruction:
          'If the sample shows a machine or an account, triage again: that has a playbook of its own. Tell the ISP what it was and what was done.',
      },
      proof: 'the relay takes mail again',
      undo: 'nothing to take back',
    },
    lookAgain,
  ],
};

export const configuration: Playbook = {
  id: 'configuration-error',
  title: 'Mend the configuration',
  causes: ['configuration-error'],
  steps: [
    {
      id: 'read-reasons',
      title: 'Read why the mail waits',
      why: 'when all of it waits for one reason, that reason is the fault: DNS, route, certificate, login, disk',
      does: { kind: 'look', words: ['queue', '{server}', 'top', 'reasons'] },
      proof: 'one reason with nearly all of the recipients',
      undo: 'nothing to take back: it only looks',
    },
    {
      id: 'mend',
      title: 'Mend it, or take yesterday’s change back',
      why: 'this is an error or a change, not an attack: blocking or freezing would only hide it',
      does: {
        kind: 'person',
        instruction: 'Look at what was changed since it last worked; take that back first, and only then look further.',
      },
      proof: 'a test message leaves',
      undo: 'put the setting back',
    },
    lookAgain,
  ],
};

export const policy: Playbook = {
  id: 'policy-listing',
  title: 'Stop sending directly from this range',
  causes: ['policy-listing'],
  steps: [
    { ...reroute, title: 'Send through the ISP’s relay', why: 'the range must not send directly; this is not abuse' },
    {
      id: 'get-static-address',
      title: 'Or get a static address with reverse DNS',
      why: 'a static business address with a fitting name may send directly',
      does: {
        kind: 'person',
        instruction:
          'Order a static address from the ISP, have its reverse DNS set to the server’s name, and ask the policy list to take it out.',
      },
      proof: 'the policy lists no longer list the address, or all mail leaves through the relay',
      undo: 'nothing to take back',
    },
    lookAgain,
  ],
};

/** What a machine that sends by itself would have shown isn't there. */
const noHunt: NonNullable<Step['skipWhere']> = [
  { fact: 'listed', is: 'clear', says: 'the address is on no list: no machine is looked for' },
  { fact: 'listed', is: 'minor', says: 'no list that matters has the address: no machine is looked for' },
  { fact: 'listed', is: 'policy', says: 'the listing is no abuse: no machine is looked for' },
  { fact: 'queue', is: 'clear', says: 'the queues are clear, so outbound mail was not frozen' },
  { fact: 'verdict', is: 'healthy', says: 'nothing is wrong that can be seen' },
];

export const undetermined: Playbook = {
  id: 'undetermined',
  title: 'Find out first',
  causes: ['undetermined', 'healthy'],
  steps: [
    {
      id: 'triage',
      title: 'Take the looks that are missing',
      why: 'never presume: an attack, a compromised machine, or an error look alike at first',
      does: { kind: 'look', words: ['triage', '{site}', '--incident', '{incident}'] },
      proof: 'a verdict with the evidence for and against it',
      undo: 'nothing to take back: it only looks',
    },
    {
      ...freeze,
      why: 'where it leaks and nobody knows what: nothing more goes out from the server while you look',
      skipWhere: [
        { fact: 'queue', is: 'clear', says: 'the queues are clear: nothing leaves through them' },
        { fact: 'verdict', is: 'healthy', says: 'nothing is wrong that can be seen' },
      ],
    },
    {
      ...block,
      why: 'outbound mail is frozen already, so this costs nobody anything; and who tries all the same is guilty',
      skipWhere: noHunt,
    },
    { ...hunt, skipWhere: [...(hunt.skipWhere ?? []), ...noHunt] },
    { ...unblock, after: ['triage', 'hunt'] },
    { ...unfreeze, after: ['triage'] },
    lookAgain,
  ],
};
