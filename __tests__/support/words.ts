/** A page without what prettier changes: blanks, and the width of a table's columns. */
export function words(page: string): string {
  return page.replace(/-{3,}/g, "---").replace(/\s+/g, " ");
}
