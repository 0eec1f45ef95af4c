/**
 * cdktf loads an archiver for zip assets at every start, which is a quarter of it. No stack here has such an asset; one
 * that had would load it then. Where the framework brings none, as CDK Terrain does not, there is nothing to do.
 */
export function deferArchiver(): void {
  const id = beside("cdktf", "archiver");
  if (id === undefined) return;
  const lazy = (...given: unknown[]): unknown => {
    delete require.cache[id];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- found beside cdktf, wherever that is
    return (require(id) as (...args: unknown[]) => unknown)(...given);
  };
  require.cache[id] = { id, filename: id, loaded: true, exports: lazy } as unknown as NodeModule;
}

/** The file of a module as another one would find it. */
function beside(module: string, name: string): string | undefined {
  try {
    return require.resolve(name, { paths: [require.resolve(module)] });
  } catch {
    return undefined;
  }
}
