import { digits } from "./format";

/** A bar of parts, one after the other. */
export interface Bar {
  readonly parts: readonly { readonly series: number; readonly value: number }[];
}

/** Bars under one label, such as a measurement and what it is compared with. */
export interface BarGroup {
  readonly label: string;
  readonly bars: readonly Bar[];
}

export interface BarPlot {
  readonly title: string;
  /** What the axis shows, with the unit. */
  readonly axis: string;
  /** The names of the series, in the order of their numbers. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
}

/** A measurement, with the range of its repetitions. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export interface LinePlot {
  readonly title: string;
  readonly xAxis: string;
  readonly yAxis: string;
  readonly scale: "linear" | "logarithmic";
  readonly series: readonly { readonly name: string; readonly points: readonly Point[] }[];
}

const WIDTH = 760;
const LEFT = 190;
const RIGHT = 60;
const HEAD = 62;
const BAR = 12;
const GAP = 14;
const FOOT = 44;
const HEIGHT = 330;

/** The colors are those of docs/overview.svg, and readable on light and dark pages. */
const STYLE = `<style>
    .page { fill: #ffffff }
    .grid { stroke: #d5dce4; stroke-width: 1 }
    .line { fill: none; stroke-width: 2 }
    .s0 { fill: #b4430f } .l0 { stroke: #b4430f }
    .s1 { fill: #9fb0c3 } .l1 { stroke: #7c8da0 }
    .s2 { fill: #57667a } .l2 { stroke: #3f4c5c }
    .s3 { fill: #1e7a3c } .l3 { stroke: #1e7a3c }
    text { fill: #1c2530 }
    .small { font-size: 12px; fill: #43505f }
    .title { font-weight: bold; font-size: 15px }
    .middle { text-anchor: middle }
    .end { text-anchor: end }
    @media (prefers-color-scheme: dark) {
      .page { fill: #14191f }
      .grid { stroke: #343f4c }
      .s0 { fill: #f0905c } .l0 { stroke: #f0905c }
      .s1 { fill: #57667a } .l1 { stroke: #7c8da0 }
      .s2 { fill: #9fb0c3 } .l2 { stroke: #b9c6d4 }
      .s3 { fill: #6cc987 } .l3 { stroke: #6cc987 }
      text { fill: #e8edf3 }
      .small { fill: #c0cbd7 }
    }
  </style>`;

/** Horizontal bars, as an SVG document. */
export function barPlot({ title, axis, series, groups }: BarPlot): string {
  const totals = groups.flatMap(({ bars }) => bars.map(({ parts }) => sum(parts)));
  const { ticks, top } = scaleTo(Math.max(...totals));
  const width = WIDTH - LEFT - RIGHT;
  const x = (value: number): number => LEFT + (value / top) * width;
  let y = HEAD;
  const body: string[] = [];
  for (const { label, bars } of groups) {
    const height = bars.length * BAR;
    body.push(text(LEFT - 10, y + height / 2 + 4, label, "small end"));
    for (const { parts } of bars) {
      let from = 0;
      for (const { series: number, value } of parts) {
        body.push(
          `<rect class="s${number}" x="${round(x(from))}" y="${y}" width="${round(x(value) - LEFT)}" height="${BAR - 2}"/>`,
        );
        from += value;
      }
      body.push(text(x(from) + 5, y + BAR - 2, digits(from), "small"));
      y += BAR;
    }
    y += GAP;
  }
  const lines = ticks.map((tick) => gridline(x(tick), HEAD - 8, x(tick), y - 6));
  const numbers = ticks.map((tick) => text(x(tick), y + 10, digits(tick), "small middle"));
  const caption = text(LEFT + width / 2, y + 30, axis, "small middle");
  return svg(title, y + FOOT, [...legend(series), ...lines, ...body, ...numbers, caption]);
}

/** Lines through medians, with a vertical line from the least to the most of each, as an SVG document. */
export function linePlot({ title, xAxis, yAxis, scale, series }: LinePlot): string {
  const points = series.flatMap((each) => each.points);
  const [left, right, head, foot] = [70, WIDTH - 30, HEAD + 12, HEIGHT - FOOT];
  const xs = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const axis = axisOf(scale);
  const xOf = axis(scale === "linear" ? 0 : xs[0]!, xs.at(-1)!, left, right);
  const ys = points.flatMap(({ low, high }) => [low, high]);
  const { ticks, top } = scale === "linear" ? scaleTo(Math.max(...ys)) : decadesOf(ys);
  const yOf = axis(ticks[0]!, top, foot, head);
  const body = series.flatMap((each, number) => {
    const path = each.points.map(
      ({ x, y }, index) => `${index === 0 ? "M" : "L"}${round(xOf(x))} ${round(yOf(y))}`,
    );
    const marks = each.points.flatMap(({ x, y, low, high }) => [
      `<path class="line l${number}" d="M${round(xOf(x))} ${round(yOf(low))}V${round(yOf(high))}"/>`,
      `<circle class="s${number}" cx="${round(xOf(x))}" cy="${round(yOf(y))}" r="4"/>`,
    ]);
    return [`<path class="line l${number}" d="${path.join("")}"/>`, ...marks];
  });
  const grid = ticks.flatMap((tick) => [
    gridline(left, yOf(tick), right, yOf(tick)),
    text(left - 8, yOf(tick) + 4, digits(tick), "small end"),
  ]);
  const numbers = xs.map((x) => text(xOf(x), foot + 18, digits(x), "small middle"));
  const captions = [
    text((left + right) / 2, foot + 36, xAxis, "small middle"),
    text(12, head - 14, yAxis, "small"),
  ];
  return svg(title, HEIGHT, [
    ...legend(series.map(({ name }) => name)),
    ...grid,
    ...body,
    ...numbers,
    ...captions,
  ]);
}

function svg(title: string, height: number, body: readonly string[]): string {
  const lines = body.map((line) => `  ${line}\n`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img"
  aria-labelledby="title" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="14">
  <title id="title">${escaped(title)}</title>
  ${STYLE}
  <rect class="page" width="${WIDTH}" height="${height}"/>
  ${text(12, 20, title, "title")}
${lines}</svg>
`;
}

function legend(series: readonly string[]): string[] {
  const gap = 170;
  return series.flatMap((name, number) => [
    `<rect class="s${number}" x="${12 + number * gap}" y="29" width="10" height="10"/>`,
    text(27 + number * gap, 38, name, "small"),
  ]);
}

function gridline(x1: number, y1: number, x2: number, y2: number): string {
  return `<path class="grid" d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}"/>`;
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text class="${style}" x="${round(x)}" y="${round(y)}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

/** About five ticks from 0 on, and the first of them that is above all values. */
function scaleTo(most: number): { readonly ticks: readonly number[]; readonly top: number } {
  const rough = most / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = unit * ([1, 2, 5].find((factor) => unit * factor >= rough) ?? 10);
  const count = Math.ceil(most / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
  return { ticks, top: ticks.at(-1)! };
}

/** The powers of ten around some values. */
function decadesOf(values: readonly number[]): { readonly ticks: readonly number[]; readonly top: number } {
  const [first, last] = [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  return { ticks, top: ticks.at(-1)! };
}

function axisOf(scale: LinePlot["scale"]) {
  const place = scale === "linear" ? (value: number) => value : Math.log10;
  return (from: number, to: number, begin: number, end: number) =>
    (value: number): number =>
      begin + ((place(value) - place(from)) / (place(to) - place(from))) * (end - begin);
}

function sum(parts: readonly { readonly value: number }[]): number {
  return parts.reduce((total, { value }) => total + value, 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
