/**
 * What is wrong with the cards of an activity, by the schema of Adaptive Cards 1.5 and by what Teams takes: unknown types,
 * versions above 1.5, missing properties, ids given twice, toggles that lead nowhere. Source: adaptivecards.io, 1.5.0.
 */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  TextBlock: ['text'],
  RichTextBlock: ['inlines'],
  TextRun: ['text'],
  Container: ['items'],
  ColumnSet: ['columns'],
  Column: ['items'],
  FactSet: ['facts'],
  Table: ['columns', 'rows'],
  TableRow: ['cells'],
  TableCell: ['items'],
  ActionSet: ['actions'],
  'Input.Text': ['id'],
  'Action.Execute': ['title', 'verb', 'data'],
  'Action.Submit': ['title'],
  'Action.ToggleVisibility': ['title', 'targetElements'],
};

const SIZES = ['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'];
const COLOURS = ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'];
const STYLES = ['default', 'emphasis', 'good', 'attention', 'warning', 'accent', 'heading', 'positive', 'destructive'];

export function cardFaults(activity: Readonly<Record<string, unknown>>): readonly string[] {
  const attachments = Array.isArray(activity['attachments']) ? activity['attachments'] : [];
  return attachments.flatMap((attachment: unknown) => {
    if (!isObject(attachment) || attachment['contentType'] !== 'application/vnd.microsoft.card.adaptive') return [];
    return faultsOf(attachment['content']);
  });
}

export function faultsOf(card: unknown): readonly string[] {
  if (!isObject(card) || card['type'] !== 'AdaptiveCard') return ['it is no AdaptiveCard'];
  const faults: string[] = [];
  if (!/^1\.[0-5]$/.test(String(card['version']))) faults.push(`version ${String(card['version'])}`);
  if (!Array.isArray(card['body'])) return ['it has no body'];
  const objects = [...objectsOf(card['body']), ...objectsOf(card['actions'])];
  const ids = objects.flatMap((each) => (typeof each['id'] === 'string' ? [each['id']] : []));
  if (new Set(ids).size !== ids.length) faults.push('an id is given twice');
  for (const each of objects) {
    const type = each['type'];
    if (typeof type !== 'string') continue;
    const needed = NEEDED[type];
    if (!needed) faults.push(`${type} is unknown`);
    for (const name of needed ?? []) if (each[name] === undefined) faults.push(`${type} has no ${name}`);
    check(each, 'size', SIZES, faults);
    check(each, 'color', COLOURS, faults);
    check(each, 'style', STYLES, faults);
    const targets = type === 'Action.ToggleVisibility' ? each['targetElements'] : [];
    for (const target of Array.isArray(targets) ? targets : [])
      if (!ids.includes(String(target))) faults.push(`a toggle leads to ${String(target)}, which is not there`);
  }
  return faults;
}

function check(
  each: Readonly<Record<string, unknown>>,
  name: string,
  permitted: readonly string[],
  faults: string[],
): void {
  const value = each[name];
  if (value === undefined) return;
  const word = typeof value === 'string' ? value : JSON.stringify(value);
  if (!permitted.includes(word)) faults.push(`${String(each['type'])}.${name} ${word}`);
}

/** Objects of the card itself; what stands in `data` is the bot's own. */
function objectsOf(value: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsOf);
  if (!isObject(value)) return [];
  const rest = Object.entries(value).filter(([name]) => name !== 'data');
  return [value, ...rest.flatMap(([, inner]) => objectsOf(inner))];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
