/** Node IDs have 40 digits. Their first eight are enough to tell a few nodes apart. */
export function withShortIds(text: string): string {
  return text.replace(/\b[0-9a-f]{40}\b/g, (id) => id.slice(0, 8));
}
