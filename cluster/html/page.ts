/** An HTML page that loads nothing, in the light or dark colors of the reader. */
export interface PageProps {
  readonly title: string;
  /** CSS, besides that of all pages. Colors are the variables below. */
  readonly style: string;
  /** HTML. Texts in it are escaped by the caller. */
  readonly body: string;
  /** Pixels that the text may be wide. */
  readonly width: number;
}

export function htmlPage({ title, style, body, width }: PageProps): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; --ink: #1a1a1a; --quiet: #666; --line: #ddd; --bar: #2563a8; --dot: #b4471b; --paper: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --quiet: #a0a0a0; --line: #3a3a3a; --bar: #6ba6e8; --dot: #f08a5d; --paper: #16181b; }
}
body { max-width: ${width}px; margin: 24px auto; padding: 0 16px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 28px 0 8px; }
p { margin: 0 0 16px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 4px 16px 4px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: normal; color: var(--quiet); white-space: nowrap; }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); }
svg .quiet { fill: var(--quiet); }
svg line { stroke: var(--line); }
footer { margin-top: 28px; color: var(--quiet); font-size: 13px; }
${style}
</style>
</head>
<body>
${body}
</body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
