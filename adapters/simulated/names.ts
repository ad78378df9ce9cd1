/** What things are called in a drill: reserved names and addresses alone (RFC 2606, RFC 5737), and nobody's own name. */
import type { SeededRandom } from './random.ts';

export const COMPANY = 'widgets.example';
export const MAIL_SERVER = 'mx1';
export const FIREWALL = 'gw';
export const SITE = 'office';
export const RELAY = 'smtp.isp.example';

const ROOMS = [
  'reception',
  'sales',
  'accounts',
  'storeroom',
  'workshop',
  'design',
  'kitchen',
  'meeting',
  'frontdesk',
  'payroll',
  'purchasing',
  'export',
] as const;
const RECEIVERS = ['bigmail.example', 'partner.example', 'bank.example', 'city.example', 'supplier.example'] as const;
const WORDS = ['blue', 'north', 'quick', 'plain', 'stone', 'river', 'amber', 'cedar', 'delta', 'ember'] as const;

export const STAFF = ['reception', 'sales', 'accounts', 'orders', 'director'] as const;

export function workstationName(index: number): string {
  const room = ROOMS[index % ROOMS.length] ?? 'room';
  return `pc-${room}${index >= ROOMS.length ? `-${Math.floor(index / ROOMS.length) + 1}` : ''}`;
}

/** Somebody that this company really writes to. */
export function receiver(random: SeededRandom): string {
  return random.pick(RECEIVERS);
}

/** One of hundreds of domains that spam goes to. */
export function strangerDomain(random: SeededRandom): string {
  return `${random.pick(WORDS)}${random.pick(WORDS)}${random.between(1, 9)}.example`;
}

/** An address outside that nobody has. */
export function outsideAddress(random: SeededRandom): string {
  return `${random.pick(['192.0.2', '198.51.100'])}.${random.between(2, 250)}`;
}

export function hardwareAddress(random: SeededRandom): string {
  return `02:00:5e:${random.hex(1)}:${random.hex(1)}:${random.hex(1)}`;
}
