/** A whole number that an option was given; throws for any other text. */
export function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} must be a whole number from 1 on, got: ${text}`);
  return Number(text);
}
