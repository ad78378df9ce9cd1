/** Teams' look as the host configuration of Microsoft's renderer; colours by eye from the desktop client. */
const SANS = '"Segoe UI", Inter, "DejaVu Sans", sans-serif';
const sizes = {
  fontSizes: { small: 12, default: 14, medium: 16, large: 20, extraLarge: 24 },
  fontWeights: { lighter: 200, default: 400, bolder: 600 },
};

interface Look {
  readonly css: string;
  readonly host: object;
}

/** The renderer reads alpha first: #AARRGGBB. */
function faint(colour: string): string {
  return `#A8${colour.slice(1)}`;
}

function look(
  ground: string,
  sheet: string,
  ink: string,
  line: string,
  tones: Readonly<Record<string, string>>,
  styles: Readonly<Record<string, string>>,
): Look {
  const both = (colour: string): object => ({ default: colour, subtle: faint(colour) });
  const colours = {
    default: { default: ink, subtle: faint(ink) },
    ...Object.fromEntries(Object.entries(tones).map(([name, colour]) => [name, both(colour)])),
  };
  const style = (name: string): object => ({ backgroundColor: styles[name] ?? sheet, foregroundColors: colours });
  return {
    css: `body{margin:0;background:${ground};font-family:"Segoe UI",Inter,"DejaVu Sans",sans-serif}
main{padding:12px}.frame{background:${sheet};border:1px solid ${line};border-radius:8px;margin:0 0 12px;overflow:hidden;overflow-wrap:anywhere}
.ac-pushButton{background:${sheet};color:${ink};border:1px solid ${line};border-radius:4px;padding:5px 12px;font:600 13px "Segoe UI","DejaVu Sans",sans-serif;cursor:pointer}
.mention{color:#7f85f5}
.ac-pushButton.style-positive{background:#4f52b2;border-color:#4f52b2;color:#fff}
.ac-pushButton.style-destructive{background:#c4314b;border-color:#c4314b;color:#fff}`,
    host: {
      fontFamily: SANS,
      fontTypes: {
        default: { fontFamily: SANS, ...sizes },
        monospace: { fontFamily: '"DejaVu Sans Mono", monospace', ...sizes },
      },
      spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 12 },
      separator: { lineThickness: 1, lineColor: line },
      ...sizes,
      actions: { maxActions: 6, actionsOrientation: 'horizontal', actionAlignment: 'left', buttonSpacing: 8 },
      table: { cellSpacing: 6 },
      factSet: { title: { weight: 'bolder', maxWidth: 220 }, spacing: 12 },
      containerStyles: Object.fromEntries(
        ['default', 'emphasis', 'good', 'warning', 'attention', 'accent'].map((name) => [name, style(name)]),
      ),
    },
  };
}

export const COLOURS: Readonly<Record<'light' | 'dark', Look>> = {
  light: look(
    '#f5f5f5',
    '#ffffff',
    '#242424',
    '#d1d1d1',
    { accent: '#4f52b2', good: '#107c10', warning: '#8f4e00', attention: '#b10e1c' },
    { emphasis: '#f0f0f0', good: '#e7f2da', warning: '#fff4ce', attention: '#fcf4f6', accent: '#e8ebfa' },
  ),
  dark: look(
    '#141414',
    '#292929',
    '#ffffff',
    '#525252',
    { accent: '#9ea2ff', good: '#92c353', warning: '#f8d22a', attention: '#f9526b' },
    { emphasis: '#3d3d3d', good: '#1e3a12', warning: '#463100', attention: '#3e1f25', accent: '#2b2b46' },
  ),
};
