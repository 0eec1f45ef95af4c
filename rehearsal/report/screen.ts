import { escapeHtml } from "../../cluster/html/page";

const COLUMN = 7.8;
const LINE = 18;
const MARGIN = 16;
/** Characters. A longer line is continued on the next one. */
const COLUMNS = 118;

/** What a terminal has shown, as an SVG picture. */
export function screen(text: string): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .flatMap((line) => wrapped(line));
  const width = Math.ceil(COLUMNS * COLUMN + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.map((line, index) => {
    const y = MARGIN + (index + 0.75) * LINE;
    return `<text x="${MARGIN}" y="${y}"${classOf(line)}>${escapeHtml(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>
rect { fill: #16181b; }
text { fill: #d5d8dc; font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; }
.part { fill: #6ba6e8; font-weight: 600; }
.good { fill: #68c491; }
.agent { fill: #a0a0a0; }
</style>
<rect width="${width}" height="${height}" rx="6"/>
${rows.join("\n")}
</svg>
`;
}

function classOf(line: string): string {
  if (/ {2}[a-z-]+: the | {2}[a-z-]+: an? |^(\$|fault) /.test(line)) return ' class="part"';
  if (/ {2}(back|promoted|joined) after |acknowledged writes lost/.test(line)) return ' class="good"';
  return / {2}agent( at|:) /.test(line) ? ' class="agent"' : "";
}

function wrapped(line: string): string[] {
  if (line.length <= COLUMNS) return [line];
  const space = line.lastIndexOf(" ", COLUMNS);
  // Below the text, which begins behind the time.
  return [line.slice(0, space), ...wrapped(`${" ".repeat(9)}${line.slice(space + 1)}`)];
}
