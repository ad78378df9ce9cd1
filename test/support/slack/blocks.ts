/**
 * What Slack would say to blocks: every fault with its place, in the words of `invalid_blocks`.
 *
 * The numbers are the table's (adapters/chat/slack/limits.ts); which types there are, what each must carry and what may
 * stand in what is written down here a second time, from Slack's reference, so that the renderer is held against it.
 */
import { LIMITS } from '../../../adapters/chat/slack/limits.ts';

export type Surface = 'message' | 'modal' | 'home';

type Field = Readonly<Record<string, unknown>>;

const IN_MESSAGES = [
  'section',
  'header',
  'divider',
  'context',
  'actions',
  'rich_text',
  'image',
  'table',
  'data_table',
  'data_visualization',
  'plan',
  'alert',
  'container',
  'markdown',
  'card',
  'carousel',
  'task_card',
  'context_actions',
  'file',
  'video',
];
const IN_VIEWS = [
  'section',
  'header',
  'divider',
  'context',
  'actions',
  'rich_text',
  'image',
  'input',
  'alert',
  'container',
  'data_table',
  'data_visualization',
  'plan',
];
const IN_CONTAINERS = [
  'actions',
  'context',
  'divider',
  'file',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
  'video',
];
const LEVELS = ['default', 'info', 'warning', 'error', 'success'];
const STATUSES = ['pending', 'in_progress', 'complete', 'error'];

/** Faults, each as `[ERROR] why [json-pointer:/blocks/0/…]`. `without`: types that this workspace does not have. */
export function faultsOfBlocks(
  blocks: unknown,
  surface: Surface,
  without: ReadonlySet<string> = new Set(),
): readonly string[] {
  const faults: string[] = [];
  const fault = (why: string, path: string): void => void faults.push(`[ERROR] ${why} [json-pointer:${path}]`);
  if (!Array.isArray(blocks)) return ['[ERROR] blocks must be an array [json-pointer:/blocks]'];
  const most = surface === 'message' ? LIMITS.blocksOfMessage : LIMITS.blocksOfView;
  if (blocks.length > most) fault(`no more than ${most} items allowed`, '/blocks');
  const permitted = (surface === 'message' ? IN_MESSAGES : IN_VIEWS).filter((type) => !without.has(type));
  const look = new Look(fault);
  blocks.forEach((block, index) => look.block(block, `/blocks/${index}`, permitted));
  if (look.tables > LIMITS.tables) fault('only one table is allowed', '/blocks');
  if (look.charts > LIMITS.charts) fault(`no more than ${LIMITS.charts} charts`, '/blocks');
  return faults;
}

class Look {
  tables = 0;
  charts = 0;
  readonly #ids = new Set<string>();
  readonly #fault: (why: string, path: string) => void;
  constructor(fault: (why: string, path: string) => void) {
    this.#fault = fault;
  }

  block(value: unknown, path: string, permitted: readonly string[]): void {
    if (!isField(value)) return this.#fault('must be an object', path);
    const type = String(value['type']);
    if (!permitted.includes(type)) return this.#fault(`unsupported type: ${type}`, `${path}/type`);
    if (typeof value['block_id'] === 'string') this.#once(value['block_id'], LIMITS.blockId, `${path}/block_id`);
    switch (type) {
      case 'section':
        return this.#section(value, path);
      case 'header':
        return this.#text(value['text'], LIMITS.header, `${path}/text`, ['plain_text']);
      case 'context':
        return this.#list(value['elements'], LIMITS.contextElements, `${path}/elements`, (each, at) =>
          this.#text(each, LIMITS.sectionText, at),
        );
      case 'actions':
        return this.#list(value['elements'], LIMITS.actionElements, `${path}/elements`, (each, at) =>
          this.#element(each, at),
        );
      case 'rich_text':
        return this.#richText(value, path);
      case 'data_table':
        return this.#dataTable(value, path);
      case 'data_visualization':
        return this.#chart(value, path);
      case 'plan':
        this.#words(value['title'], LIMITS.containerTitle, `${path}/title`);
        return this.#list(value['tasks'], 100, `${path}/tasks`, (each, at) => this.#task(each, at));
      case 'alert':
        if (!LEVELS.some((level) => level === (value['level'] ?? 'default')))
          this.#fault('not a level', `${path}/level`);
        return this.#text(value['text'], LIMITS.alert, `${path}/text`);
      case 'container':
        this.#text(value['title'], LIMITS.containerTitle, `${path}/title`, ['plain_text']);
        if (value['default_collapsed'] === true && value['is_collapsible'] !== true)
          this.#fault('default_collapsed requires is_collapsible', `${path}/default_collapsed`);
        return this.#list(value['child_blocks'], LIMITS.containerBlocks, `${path}/child_blocks`, (each, at) =>
          this.block(each, at, IN_CONTAINERS),
        );
      case 'input':
        this.#text(value['label'], LIMITS.inputLabel, `${path}/label`, ['plain_text']);
        return this.#element(value['element'], `${path}/element`);
      case 'divider':
        return undefined;
      default:
        return this.#fault(`this simulator does not know ${type}: teach it`, path);
    }
  }

  #section(value: Field, path: string): void {
    if (value['text'] === undefined && value['fields'] === undefined)
      this.#fault('missing required field: text or fields', path);
    if (value['text'] !== undefined) this.#text(value['text'], LIMITS.sectionText, `${path}/text`);
    if (value['fields'] !== undefined)
      this.#list(value['fields'], LIMITS.fields, `${path}/fields`, (each, at) =>
        this.#text(each, LIMITS.fieldText, at),
      );
    if (value['accessory'] !== undefined) this.#element(value['accessory'], `${path}/accessory`);
  }

  #element(value: unknown, path: string): void {
    if (!isField(value)) return this.#fault('must be an object', path);
    this.#once(value['action_id'], LIMITS.actionId, `${path}/action_id`);
    switch (value['type']) {
      case 'button':
        this.#text(value['text'], LIMITS.buttonText, `${path}/text`, ['plain_text']);
        if (value['value'] !== undefined) this.#words(value['value'], LIMITS.buttonValue, `${path}/value`);
        if (value['style'] !== undefined && !['primary', 'danger'].some((style) => style === value['style']))
          this.#fault('not a style', `${path}/style`);
        if (value['confirm'] !== undefined) this.#confirm(value['confirm'], `${path}/confirm`);
        return undefined;
      case 'static_select':
        this.#text(value['placeholder'], LIMITS.placeholder, `${path}/placeholder`, ['plain_text']);
        return this.#list(value['options'], LIMITS.options, `${path}/options`, (each, at) => {
          if (!isField(each)) return this.#fault('must be an object', at);
          this.#text(each['text'], LIMITS.optionText, `${at}/text`);
          return this.#words(each['value'], LIMITS.optionValue, `${at}/value`);
        });
      case 'plain_text_input':
        if (value['initial_value'] !== undefined)
          this.#words(value['initial_value'], LIMITS.inputValue, `${path}/initial_value`, 0);
        return undefined;
      default:
        return this.#fault(`unsupported element: ${String(value['type'])}`, `${path}/type`);
    }
  }

  #confirm(value: unknown, path: string): void {
    if (!isField(value)) return this.#fault('must be an object', path);
    this.#text(value['title'], LIMITS.confirmTitle, `${path}/title`, ['plain_text']);
    this.#text(value['text'], LIMITS.confirmText, `${path}/text`);
    this.#text(value['confirm'], LIMITS.confirmButton, `${path}/confirm`, ['plain_text']);
    return this.#text(value['deny'], LIMITS.confirmButton, `${path}/deny`, ['plain_text']);
  }

  #richText(value: unknown, path: string): void {
    if (!isField(value) || value['type'] !== 'rich_text') return this.#fault('must be rich_text', path);
    return this.#list(value['elements'], 100, `${path}/elements`, (part, at) => {
      if (!isField(part) || !/^rich_text_(section|preformatted|list|quote)$/.test(String(part['type'])))
        return this.#fault('not a rich text element', at);
      return this.#list(part['elements'], 100, `${at}/elements`, (each, here) => {
        if (!isField(each) || each['type'] !== 'text') return this.#fault('this simulator knows text alone', here);
        return this.#words(each['text'], LIMITS.sectionText, `${here}/text`);
      });
    });
  }

  #task(value: unknown, path: string): void {
    if (!isField(value) || value['type'] !== 'task_card') return this.#fault('must be a task_card', path);
    this.#words(value['task_id'], LIMITS.blockId, `${path}/task_id`);
    this.#words(value['title'], LIMITS.containerTitle, `${path}/title`);
    if (!STATUSES.includes(String(value['status']))) this.#fault('not a status', `${path}/status`);
    if (value['details'] !== undefined) this.#richText(value['details'], `${path}/details`);
  }

  #dataTable(value: Field, path: string): void {
    this.tables += 1;
    this.#words(value['caption'], LIMITS.sectionText, `${path}/caption`);
    const size = value['page_size'];
    if (size !== undefined && !(typeof size === 'number' && size >= 1 && size <= 100))
      this.#fault('page_size is 1 to 100', `${path}/page_size`);
    const rows = value['rows'];
    if (!Array.isArray(rows) || rows.length < 2 || rows.length > LIMITS.tableRows)
      return this.#fault(`rows: 2 to ${LIMITS.tableRows}`, `${path}/rows`);
    const columns = Array.isArray(rows[0]) ? rows[0].length : 0;
    if (columns < 1 || columns > LIMITS.tableColumns)
      this.#fault(`1 to ${LIMITS.tableColumns} columns`, `${path}/rows/0`);
    let characters = 0;
    rows.forEach((row: unknown, index) => {
      if (!Array.isArray(row) || row.length !== columns)
        return this.#fault('all rows have as many cells', `${path}/rows/${index}`);
      row.forEach((cell: unknown, column) => {
        const at = `${path}/rows/${index}/${column}`;
        if (!isField(cell)) return this.#fault('must be an object', at);
        if (cell['type'] !== 'raw_text' && (cell['type'] !== 'raw_number' || index === 0))
          this.#fault('not a cell', `${at}/type`);
        if (cell['type'] === 'raw_number' && !Number.isFinite(cell['value']))
          this.#fault('not a number', `${at}/value`);
        this.#words(cell['text'], LIMITS.tableCharacters, `${at}/text`);
        characters += String(cell['text']).length;
        return undefined;
      });
      return undefined;
    });
    if (characters > LIMITS.tableCharacters)
      this.#fault(`more than ${LIMITS.tableCharacters} characters`, `${path}/rows`);
  }

  #chart(value: Field, path: string): void {
    this.charts += 1;
    this.#words(value['title'], LIMITS.chartTitle, `${path}/title`);
    const { chart } = value;
    if (!isField(chart) || !['line', 'bar', 'area'].includes(String(chart['type'])))
      return this.#fault('not a chart', `${path}/chart`);
    const axis = isField(chart['axis_config']) ? chart['axis_config'] : {};
    const categories: unknown = axis['categories'];
    if (
      !Array.isArray(categories) ||
      categories.length < 1 ||
      categories.length > LIMITS.chartPoints ||
      new Set(categories).size !== categories.length
    )
      return this.#fault(`1 to ${LIMITS.chartPoints} different categories`, `${path}/chart/axis_config/categories`);
    categories.forEach((each, index) =>
      this.#words(each, LIMITS.chartLabel, `${path}/chart/axis_config/categories/${index}`),
    );
    return this.#list(chart['series'], LIMITS.chartSeries, `${path}/chart/series`, (series, at) => {
      if (!isField(series)) return this.#fault('must be an object', at);
      this.#words(series['name'], LIMITS.chartLabel, `${at}/name`);
      const data: unknown = series['data'];
      const labels = Array.isArray(data)
        ? data.map((point: unknown) => (isField(point) && Number.isFinite(point['value']) ? point['label'] : undefined))
        : [];
      if (JSON.stringify(labels) !== JSON.stringify(categories))
        this.#fault('every category has one finite value', `${at}/data`);
      return undefined;
    });
  }

  #list(value: unknown, most: number, path: string, each: (item: unknown, path: string) => void): void {
    if (!Array.isArray(value) || value.length === 0) return this.#fault('must have at least one item', path);
    if (value.length > most) this.#fault(`no more than ${most} items allowed`, path);
    return value.forEach((item, index) => each(item, `${path}/${index}`));
  }

  #text(value: unknown, most: number, path: string, types: readonly string[] = ['plain_text', 'mrkdwn']): void {
    if (!isField(value)) return this.#fault('missing required field: text', path);
    if (!types.includes(String(value['type']))) this.#fault(`must be ${types.join(' or ')}`, `${path}/type`);
    return this.#words(value['text'], most, `${path}/text`);
  }

  #words(value: unknown, most: number, path: string, least = 1): void {
    if (typeof value !== 'string') return this.#fault('must be a string', path);
    if (value.length < least) this.#fault(`must be more than ${least - 1} characters`, path);
    if (value.length > most) this.#fault(`must be less than ${most + 1} characters`, path);
    if (!value.isWellFormed()) this.#fault('is not well-formed Unicode', path);
    return undefined;
  }

  #once(value: unknown, most: number, path: string): void {
    this.#words(value, most, path);
    const named = `${path.split('/').at(-1)} ${String(value)}`;
    if (this.#ids.has(named)) this.#fault('must be unique', path);
    this.#ids.add(named);
  }
}

function isField(value: unknown): value is Field {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
