/** Spam that came from outside through the mail server: with a password, by bounces, or because it relays for anybody. */
import type { Playbook, Step } from '../step.ts';
import { delist, freeze, offLists, proveStopped, reroute, routeBack, unfreeze } from './common.ts';

const noneWaits = { fact: 'queue', is: 'clear', says: 'nothing waits in the queue' } as const;

export const relay: Playbook = {
  id: 'authenticated-relay',
  title: 'Stop the stolen account',
  causes: ['authenticated-relay'],
  steps: [
    freeze,
    {
      id: 'find-account',
      title: 'Find the account that sends',
      why: 'one login, many foreign recipient domains: it is that account, and often the administrator’s',
      does: { kind: 'look', words: ['queue', '{server}', 'top', 'senders'] },
      skipWhere: [{ fact: 'account', says: 'the account is known already' }],
      proof: 'one account with far more mail than usual, to domains that it never wrote to',
      undo: 'nothing to take back: it only looks',
    },
    {
      id: 'disable-account',
      title: 'Disable the account and end its open sessions',
      why: 'a changed password alone leaves an open session sending',
      does: { kind: 'measure', measure: { kind: 'disable-account', account: '{account}' } },
      needs: [
        {
          fact: 'account',
          from: 'the senders of the queue, or the log of logins, name it',
          look: ['queue', '{server}'],
        },
      ],
      proof: 'a login with it is refused, and none of its sessions is open',
      undo: 'enable it again once its password was changed',
    },
    {
      id: 'change-password',
      title: 'Change its password, and look where it was lost',
      why: 'the password is known outside: the same one elsewhere is lost too',
      does: {
        kind: 'person',
        instruction:
          'Change the password, look at the machine of its owner (a keylogger, a phishing page), change it wherever it was used too.',
      },
      proof: 'the old password is refused',
      undo: 'nothing to take back',
    },
    {
      id: 'limit-relaying',
      title: 'Turn off authenticated relaying where nobody needs it',
      why: 'Outlook, OWA and phones don’t need it; what isn’t offered can’t be stolen',
      does: {
        kind: 'person',
        instruction: 'Turn SMTP AUTH off for everybody but those who send through it, and never for administrators.',
      },
      proof: 'the audit shows no SMTP AUTH from outside for accounts that don’t need it',
      undo: 'turn it on again for an account',
    },
    {
      id: 'clean-queue',
      title: 'Clean the queue of its mail',
      why: 'what still waits would go out as soon as mail may leave',
      does: { kind: 'measure', measure: { kind: 'clean-queue', account: '{account}' } },
      needs: [
        {
          fact: 'account',
          from: 'the senders of the queue, or the log of logins, name it',
          look: ['queue', '{server}'],
        },
      ],
      skipWhere: [noneWaits],
      proof: 'no waiting message is of that account; what was deleted is kept in a file',
      undo: 'put the kept messages back into the queue',
    },
    unfreeze,
    reroute,
    {
      id: 'enable-account',
      title: 'Enable the account again',
      why: 'its owner has a new password',
      does: { kind: 'take-back', of: 'disable-account' },
      after: ['change-password'],
      proof: 'its owner can log in',
      undo: 'disable it again',
    },
    proveStopped,
    delist,
    offLists,
    routeBack,
  ],
};

const rejectUnknown: Step = {
  id: 'reject-unknown-recipients',
  title: 'Refuse unknown recipients during the SMTP session',
  why: 'a message refused at the door makes no bounce of ours; the sender’s own server has to tell its sender',
  does: {
    kind: 'person',
    instruction:
      'Postfix: local_recipient_maps and relay_recipient_maps; Exim: verify = recipient in the RCPT ACL; Exchange: recipient filtering (2000 can’t without third-party help, 2003 can, but not on Windows 2000).',
  },
  proof: 'RCPT TO for a user who doesn’t exist is answered with 550',
  undo: 'put the setting back',
};

export const bounces: Playbook = {
  id: 'ndr-attack',
  title: 'Stop the bounces to forged senders',
  causes: ['ndr-attack'],
  steps: [
    freeze,
    rejectUnknown,
    {
      id: 'tarpit',
      title: 'Tarpit those who guess addresses',
      why: 'a harvester that waits some seconds per wrong address gives up',
      does: {
        kind: 'person',
        instruction:
          'Postfix: smtpd_error_sleep_time and smtpd_soft_error_limit; Exim: delay in the RCPT ACL; Exchange: the tarpit interval of the receive connector.',
      },
      proof: 'the answers to a series of unknown recipients come slower and slower',
      undo: 'put the setting back',
    },
    {
      id: 'clean-queue',
      title: 'Clean the queue of null-sender mail',
      why: 'these bounces go to people who never wrote to us, and get the address listed',
      does: { kind: 'measure', measure: { kind: 'clean-queue', sender: '' } },
      skipWhere: [noneWaits],
      proof: 'no waiting message has the null sender; what was deleted is kept in a file',
      undo: 'put the kept messages back into the queue',
    },
    unfreeze,
    reroute,
    proveStopped,
    delist,
    offLists,
    routeBack,
  ],
};

export const openRelay: Playbook = {
  id: 'open-relay',
  title: 'Close the relay',
  causes: ['open-relay'],
  steps: [
    freeze,
    {
      id: 'close-relay',
      title: 'Let only known networks and logins relay',
      why: 'whoever may relay without asking will',
      does: {
        kind: 'person',
        instruction:
          'Postfix: mynetworks and smtpd_relay_restrictions; Exim: relay_from_hosts; Exchange: the relay permissions of each receive connector.',
      },
      proof: 'from outside, mail for a foreign domain is refused',
      undo: 'put the setting back',
    },
    {
      id: 'prove-closed',
      title: 'Try it from outside',
      why: 'only a test from outside shows what strangers may do',
      does: {
        kind: 'person',
        instruction:
          'From a machine outside, hand the server a message from a foreign address to a foreign address; it must be refused.',
      },
      after: ['close-relay'],
      proof: 'the server answers 550 or 554 to RCPT TO',
      undo: 'nothing to take back',
    },
    {
      id: 'find-sender',
      title: 'See whose mail waits',
      why: 'only what strangers handed in is to be deleted',
      does: { kind: 'look', words: ['queue', '{server}', 'top', 'senders'] },
      skipWhere: [noneWaits, { fact: 'sender', says: 'the sender is known already' }],
      proof: 'one or a few senders that are none of ours',
      undo: 'nothing to take back: it only looks',
    },
    {
      id: 'clean-queue',
      title: 'Clean the queue of what was relayed',
      why: 'what still waits would go out as soon as mail may leave',
      does: { kind: 'measure', measure: { kind: 'clean-queue', sender: '{sender}' } },
      needs: [{ fact: 'sender', from: 'the senders of the queue name it', look: ['queue', '{server}'] }],
      skipWhere: [noneWaits],
      proof: 'no waiting message is of that sender; what was deleted is kept in a file',
      undo: 'put the kept messages back into the queue',
    },
    { ...unfreeze, after: ['prove-closed'] },
    reroute,
    proveStopped,
    delist,
    offLists,
    routeBack,
  ],
};
