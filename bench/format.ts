import { type Figure, type Unit } from "./series";

/** A number with its unit, as text for people: three significant digits, and all digits before the point. */
export function show(value: number, unit: Unit): string {
  if (unit === "ms" && Math.abs(value) >= 1000) return `${digits(value / 1000)} s`;
  if (unit === "B" && Math.abs(value) >= 1e6) return `${digits(value / 1e6)} MB`;
  if (unit === "x") return `${digits(value)} ×`;
  return unit === "" ? digits(value) : `${digits(value)} ${unit}`;
}

/** The least and the most of a figure, as one text where both are shown alike, and with the unit once where it is the same. */
export function rangeOf({ min, max, unit }: Figure): string {
  const [least, most] = [show(min, unit), show(max, unit)];
  if (least === most) return least;
  const suffix = / \S+$/.exec(most)?.[0] ?? "";
  return `${suffix !== "" && least.endsWith(suffix) ? least.slice(0, -suffix.length) : least} to ${most}`;
}

/** Three significant digits, and all digits before the point, with commas between thousands. */
export function digits(value: number): string {
  const text = Math.abs(value) < 100 ? String(Number(value.toPrecision(3))) : value.toFixed(0);
  return text.replace(/\B(?=(?:\d{3})+$)/g, text.includes(".") ? "" : ",");
}
