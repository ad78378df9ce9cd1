/** Steps that several playbooks share. The same id is the same step: a verdict that changes loses nothing done. */
import type { Step } from '../step.ts';

export const freeze: Step = {
  id: 'freeze-outbound',
  title: 'Freeze outbound mail',
  why: 'nothing more goes out from the server; inbound mail and users’ submission go on, and whatever still tries to reach port 25 is guilty',
  does: { kind: 'measure', measure: { kind: 'freeze-outbound' } },
  proof: 'the server itself shows every way out as disabled',
  undo: 'unfreeze: the mail that waited leaves',
};

export const block: Step = {
  id: 'block-port-25',
  title: 'Block port 25 for everyone',
  why: 'the mail server has nothing to send now, so every blocked attempt is guilty, and one from the mail server means the server itself',
  does: { kind: 'measure', measure: { kind: 'block-port-25', who: 'everyone', submissionToo: false } },
  proof: 'the firewall refuses an outbound connection to port 25',
  undo: 'unblock: the firewall’s rule is taken away',
};

export const hunt: Step = {
  id: 'hunt',
  title: 'Wait for the machine to show itself',
  why: 'a compromised machine fails to connect and tries again; the firewall counts who it is',
  does: { kind: 'look', words: ['hunt', '{site}'] },
  proof: 'an inside address with blocked attempts to many destinations',
  undo: 'nothing to take back: it only looks',
  skipWhere: [{ fact: 'offender', says: 'the machine is known already' }],
  againAfterMinutes: 5,
};

export const quarantine: Step = {
  id: 'quarantine-host',
  title: 'Take the machine off the network',
  why: 'nothing that it holds gets out any more, whatever it tries',
  does: { kind: 'measure', measure: { kind: 'quarantine-host', address: '{offender}' } },
  needs: [{ fact: 'offender', from: 'the hunt names it', step: 'hunt' }],
  skipWhere: [
    { fact: 'offenderIsServer', is: true, says: 'it is the mail server itself: that has a playbook of its own' },
  ],
  proof: 'the firewall drops everything from that address',
  undo: 'let it back once it has been wiped',
};

export const wipe: Step = {
  id: 'wipe',
  title: 'Wipe the machine',
  why: 'a virus scanner that finds nothing proves nothing; what got in is removed by wiping',
  does: {
    kind: 'person',
    instruction:
      'Walk to the machine, pull its network cable, save the user’s documents, install it anew. Change the passwords that were used on it.',
  },
  proof: 'it was installed anew, and no blocked attempt comes from its address',
  undo: 'nothing to take back',
};

export const unblock: Step = {
  id: 'unblock-port-25',
  title: 'Unblock port 25',
  why: 'the machine is off the network; the mail server may send again',
  does: { kind: 'take-back', of: 'block-port-25' },
  proof: 'the firewall’s rules are what they were before',
  undo: 'block again',
};

export const unfreeze: Step = {
  id: 'unfreeze-outbound',
  title: 'Let outbound mail go again',
  why: 'the cause is off the network or mended; legitimate mail has waited long enough',
  does: { kind: 'take-back', of: 'freeze-outbound' },
  proof: 'the server’s configuration is what it was before, and the queue shrinks',
  undo: 'freeze again',
};

export const reroute: Step = {
  id: 'reroute',
  title: 'Send through the ISP’s relay meanwhile',
  why: 'the address is listed: its mail is refused until the lists let it go',
  does: { kind: 'measure', measure: { kind: 'reroute' } },
  skipWhere: [
    { fact: 'smartHost', is: false, says: 'no smart host is configured for this site' },
    { fact: 'smartHostInUse', is: true, says: 'the smart host is the usual way out already' },
    { fact: 'listed', is: 'clear', says: 'the address is on no list' },
  ],
  proof: 'a message to the outside leaves through the relay',
  undo: 'route back',
};

/** Whoever sends directly while a list still has the address is refused again. */
export const offLists: Step = {
  id: 'off-lists',
  title: 'See that the lists have let the address go',
  why: 'asked for is not let go: most lists take from minutes to a day, and until then direct mail is refused',
  does: { kind: 'look', words: ['check', '{addresses}', '--any-address'] },
  after: ['delist'],
  skipWhere: [
    { fact: 'listed', is: 'clear', says: 'the address is on no list' },
    { fact: 'addresses', is: '', says: 'no public address of this site is configured, so no list can be asked' },
  ],
  againAfterMinutes: 30,
  proof: 'no list that matters lists the address any more',
  undo: 'nothing to take back: it only looks',
};

export const routeBack: Step = {
  id: 'route-back',
  title: 'Send directly again',
  why: 'the address is off the lists; the relay was for the meantime',
  does: { kind: 'take-back', of: 'reroute' },
  after: ['off-lists'],
  proof: 'the server’s configuration is what it was before',
  undo: 'reroute again',
};

/** Delisting is asked for only when the leak has been seen to have stopped. */
export const proveStopped: Step = {
  id: 'prove-stopped',
  title: 'See that the leak has stopped',
  why: 'whoever asks for removal while it still leaks is listed again, and for longer',
  does: { kind: 'look', words: ['leak', '{site}', '--incident', '{incident}'] },
  proof:
    'a quarter of an hour after the last change nobody but the mail server reaches port 25 outside, and nobody sends more than usual through it',
  undo: 'nothing to take back: it only looks',
};

export const delist: Step = {
  id: 'delist',
  title: 'Ask for removal from the lists',
  why: 'the cause is gone; some lists forget by themselves, others want to be asked',
  does: {
    kind: 'person',
    instruction:
      'Check the addresses, follow each list’s removal link, high weight first, and say truthfully what it was and what was done.',
  },
  after: ['prove-stopped'],
  skipWhere: [{ fact: 'listed', is: 'clear', says: 'the address is on no list' }],
  proof: 'every list that lists the address was asked, or says that it forgets by itself',
  undo: 'nothing to take back',
};

export const ownAddress: Step = {
  id: 'own-address',
  title: 'Never again: an address of its own for the mail server',
  why: 'a workstation can’t get the mail server listed if it doesn’t share its address',
  does: {
    kind: 'person',
    instruction:
      'Give the mail server a public address of its own, and let only the mail server out to port 25, for good.',
  },
  skipWhere: [{ fact: 'sharedAddress', is: false, says: 'the mail server has an address of its own' }],
  proof: 'check shows the mail server’s own address, and a workstation can’t reach port 25 outside',
  undo: 'nothing to take back',
};

export const letBack: Step = {
  id: 'let-back',
  title: 'Let the machine back on the network',
  why: 'it was wiped; nothing of ours stays behind',
  does: { kind: 'take-back', of: 'quarantine-host' },
  after: ['wipe'],
  proof: 'the firewall’s rules are what they were before',
  undo: 'quarantine again',
};
