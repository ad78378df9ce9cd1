/** The causes of a bad morning, by the ids that are used everywhere (playbook, JSON, catalogue). */
export const CAUSES = [
  'compromised-workstation',
  'compromised-server',
  'authenticated-relay',
  'ndr-attack',
  'open-relay',
  'smart-host-refusal',
  'configuration-error',
  'policy-listing',
  'healthy',
  'undetermined',
] as const;

export type CauseId = (typeof CAUSES)[number];
