import { type Spread, spread } from "./spread";

/** `x` is a ratio, and the empty unit a count. */
export type Unit = "ms" | "s" | "B" | "MiB" | "x" | "keys/s" | "";

/** The summary of what was measured of one thing. */
export interface Figure extends Spread {
  readonly unit: Unit;
}

/** Figures by their names: words from the general to the particular, with points between them. */
export type Figures = Readonly<Record<string, Figure>>;

/** Four digits are more than any measurement here has. */
const DIGITS = 4;

/** Collects measurements by name. */
export class Series {
  private readonly values = new Map<string, { readonly unit: Unit; readonly values: number[] }>();

  /** `note` is called with one line for each measurement. */
  constructor(private readonly note: (line: string) => void = () => undefined) {}

  /** Adds a measurement. A value that is undefined or not a number is left out: it was not observed. */
  add(name: string, unit: Unit, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return;
    const known = this.values.get(name) ?? { unit, values: [] };
    this.values.set(name, known);
    known.values.push(value);
    this.note(`${name} ${rounded(value)}${unit === "" ? "" : ` ${unit}`}`);
  }

  /** The summaries, in the order of the first measurements. */
  get figures(): Figures {
    return Object.fromEntries(
      [...this.values].map(([name, { unit, values }]) => [name, figure(unit, values)]),
    );
  }
}

function figure(unit: Unit, values: readonly number[]): Figure {
  const { min, median, max, runs } = spread(values);
  return { unit, min: rounded(min), median: rounded(median), max: rounded(max), runs };
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
