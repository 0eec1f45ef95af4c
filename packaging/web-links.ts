import { posix } from "node:path";

/**
 * A page for registries, which show it without the files beside it: relative links are addresses in the release. Images
 * are addressed as files, all others as pages.
 */
export function withWebLinks(text: string, repository: string, version: string): string {
  const home = repository.replace(/\.git$/, "");
  return text.replace(
    /(!?)\[([^\]]*)\]\((?!https?:|#)([^)]+)\)/g,
    (_, image: string, label: string, path: string) => {
      const kind = image ? "raw" : "blob";
      return `${image}[${label}](${home}/${kind}/v${version}/${posix.normalize(path)})`;
    },
  );
}
