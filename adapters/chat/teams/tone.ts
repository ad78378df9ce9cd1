/** Tones as Adaptive Cards have them; one sign per tone, so that no meaning hangs on colour alone. */
import type { Tone } from '../../../src/messages/message.ts';
import type { Colour, ContainerStyle } from './card.ts';

export const SIGNS: Readonly<Record<Tone, string>> = {
  good: '✔',
  warning: '▲',
  critical: '✖',
  unknown: '?',
  neutral: '·',
};

export const STYLES: Readonly<Record<Tone, ContainerStyle>> = {
  good: 'good',
  warning: 'warning',
  critical: 'attention',
  unknown: 'accent',
  neutral: 'emphasis',
};

export const COLOURS: Readonly<Record<Tone, Colour>> = {
  good: 'Good',
  warning: 'Warning',
  critical: 'Attention',
  unknown: 'Accent',
  neutral: 'Default',
};
