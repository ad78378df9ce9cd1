/** The part of Adaptive Cards 1.5 that is used here, as types. Source: adaptivecards.io/schemas/1.5.0. */
export type Element = TextBlock | RichTextBlock | Container | ColumnSet | FactSet | Table | ActionSet | TextInput;

export type ContainerStyle = 'default' | 'emphasis' | 'good' | 'warning' | 'attention' | 'accent';
export type Colour = 'Default' | 'Good' | 'Warning' | 'Attention' | 'Accent';

interface Placed {
  readonly id?: string;
  readonly isVisible?: boolean;
  readonly spacing?: 'None' | 'Small' | 'Medium' | 'Large';
  readonly separator?: boolean;
}

export interface TextLook {
  readonly size?: 'Small' | 'Medium' | 'Large';
  readonly weight?: 'Bolder' | 'Lighter';
  readonly color?: Colour;
  readonly isSubtle?: boolean;
  readonly fontType?: 'Monospace';
}

/** Its text is read as Markdown: only for text that was found harmless (text.ts). */
export interface TextBlock extends Placed, TextLook {
  readonly type: 'TextBlock';
  readonly text: string;
  readonly wrap: true;
  readonly style?: 'heading';
  readonly horizontalAlignment?: 'Right';
}

/** Its runs are shown letter by letter: no Markdown in them. */
export interface RichTextBlock extends Placed {
  readonly type: 'RichTextBlock';
  readonly inlines: readonly TextRun[];
  readonly horizontalAlignment?: 'Right';
}

export interface TextRun extends TextLook {
  readonly type: 'TextRun';
  readonly text: string;
}

export interface Container extends Placed {
  readonly type: 'Container';
  readonly style?: ContainerStyle;
  readonly bleed?: boolean;
  readonly items: readonly Element[];
}

export interface ColumnSet extends Placed {
  readonly type: 'ColumnSet';
  readonly columns: readonly {
    readonly type: 'Column';
    readonly width: 'auto' | 'stretch';
    readonly verticalContentAlignment?: 'Center';
    readonly items: readonly Element[];
  }[];
}

/** Titles and values are read as Markdown. */
export interface FactSet extends Placed {
  readonly type: 'FactSet';
  readonly facts: readonly { readonly title: string; readonly value: string }[];
}

export interface Table extends Placed {
  readonly type: 'Table';
  readonly columns: readonly { readonly width: number; readonly horizontalCellContentAlignment?: 'Right' }[];
  readonly rows: readonly {
    readonly type: 'TableRow';
    readonly style?: ContainerStyle;
    readonly cells: readonly { readonly type: 'TableCell'; readonly items: readonly Element[] }[];
  }[];
  /** As the schema has it; Microsoft's own renderer reads the other spelling. */
  readonly firstRowAsHeader: boolean;
  readonly firstRowAsHeaders: boolean;
  readonly showGridLines: boolean;
}

export interface ActionSet extends Placed {
  readonly type: 'ActionSet';
  readonly actions: readonly Action[];
}

export interface TextInput extends Placed {
  readonly type: 'Input.Text';
  readonly id: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly isRequired?: boolean;
  readonly errorMessage?: string;
  readonly isMultiline?: boolean;
  readonly maxLength: number;
}

export type Action = ExecuteAction | SubmitAction | ToggleAction;

interface Pressed {
  readonly title: string;
  readonly style?: 'positive' | 'destructive';
  /** `secondary`: folded into the row's menu (1.5). */
  readonly mode?: 'secondary';
}

export interface ExecuteAction extends Pressed {
  readonly type: 'Action.Execute';
  readonly verb: string;
  readonly data: ActionData;
  /** For clients that don't know Execute. */
  readonly fallback: SubmitAction;
}

export interface SubmitAction extends Pressed {
  readonly type: 'Action.Submit';
  readonly data: ActionData;
}

export interface ToggleAction extends Pressed {
  readonly type: 'Action.ToggleVisibility';
  readonly targetElements: readonly string[];
}

/** What a press brings back. Whoever presses can change it: it is no more trusted than a typed line. */
export interface ActionData {
  readonly tq: {
    readonly command: string;
    readonly key: string;
    readonly label: string;
    readonly nonce?: string;
  };
}

export interface AdaptiveCard {
  readonly type: 'AdaptiveCard';
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly version: '1.5';
  readonly msteams: { readonly width: 'Full'; readonly entities?: readonly MentionEntity[] };
  /** Shown by clients that can't show the card; also read aloud. */
  readonly fallbackText: string;
  readonly speak?: string;
  readonly body: readonly Element[];
  readonly actions?: readonly Action[];
}

/** A real mention: `text` stands in a TextBlock letter by letter. */
export interface MentionEntity {
  readonly type: 'mention';
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
}

export function card(body: readonly Element[], fallbackText: string): AdaptiveCard {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    msteams: { width: 'Full' },
    fallbackText,
    body,
  };
}
