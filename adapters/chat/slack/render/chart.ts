/** A figure over time: a line chart where Slack draws one, else one line of text. */
import type { Series } from '../../../../src/messages/message.ts';
import { LIMITS } from '../limits.ts';
import type { SlackBlock } from './block.ts';
import { context, section } from './block.ts';
import { literal, timeOf } from './text.ts';

const STEPS = '▁▂▃▄▅▆▇█';

interface Known {
  readonly at: number;
  readonly value: number;
}

export function nativeChart(series: Series): readonly SlackBlock[] {
  const known = knownOf(series);
  if (known.length < 2) return textChart(series);
  const points = thin(known, LIMITS.chartPoints);
  const labels = labelsOf(points);
  return [
    {
      type: 'data_visualization',
      title: literal(series.title, LIMITS.chartTitle),
      chart: {
        type: 'line',
        series: [
          {
            name: literal(series.unit, LIMITS.chartLabel),
            data: points.map((point, index) => ({ label: labels[index] ?? '', value: point.value })),
          },
        ],
        axis_config: { categories: labels, y_label: literal(series.unit, LIMITS.chartTitle) },
      },
    },
    ...notesOf(series, known.length, points.length),
  ];
}

export function textChart(series: Series): readonly SlackBlock[] {
  const known = knownOf(series);
  const last = known.at(-1);
  const points = thin(known, LIMITS.chartPoints * 2);
  return [
    section(
      `*${escape(literal(series.title, 100))}*  ${sparkline(points)}  ${last === undefined ? 'not measured' : `${last.value.toLocaleString('en')} ${escape(literal(series.unit, 40))}`}`,
    ),
    ...notesOf(series, known.length, points.length),
  ];
}

export function sparkline(points: readonly Known[]): string {
  const values = points.map((point) => point.value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return values
    .map((value) => STEPS[span === 0 ? 0 : Math.round(((value - low) / span) * (STEPS.length - 1))] ?? '')
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;');
}

export function knownOf(series: Series): readonly Known[] {
  return series.points.flatMap(({ at, value }) => (value === null || !Number.isFinite(value) ? [] : [{ at, value }]));
}

/** Evenly fewer, the newest always among them. */
function thin(points: readonly Known[], most: number): readonly Known[] {
  if (points.length <= most) return points;
  return Array.from(
    { length: most },
    (_, index) => points[Math.round((index * (points.length - 1)) / (most - 1))],
  ).filter((point) => point !== undefined);
}

/** Categories must differ: times of day, with the date or a count where they would not. */
function labelsOf(points: readonly Known[]): readonly string[] {
  const first = points[0]?.at ?? 0;
  const oneDay = points.every((point) => Math.abs(point.at - first) < 20 * 3_600_000);
  const seen = new Map<string, number>();
  return points.map((point) => {
    const label = oneDay ? timeOf(point.at).slice(11, 16) : timeOf(point.at).slice(5, 16);
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} #${count}`;
  });
}

function notesOf(series: Series, known: number, drawn: number): readonly SlackBlock[] {
  const missing = series.points.length - known;
  const notes = [
    ...(missing > 0 ? [`${missing} ${missing === 1 ? 'point was' : 'points were'} not measured`] : []),
    ...(drawn < known ? [`${drawn} of ${known} points are drawn …`] : []),
  ];
  return notes.length === 0 ? [] : [context(notes.join('; '))];
}
