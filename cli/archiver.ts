/**
 * Defers the archiver that cdktf loads at every start for zip assets, a quarter of the start-up time. No stack here has
 * such an asset; one that had would load it then. CDK Terrain has no archiver, and nothing is deferred.
 */
export function deferArchiver(): void {
  const id = beside("cdktf", "archiver");
  if (id === undefined) return;
  const lazy = (...given: unknown[]): unknown => {
    delete require.cache[id];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- its path is known only at run time
    return (require(id) as (...args: unknown[]) => unknown)(...given);
  };
  require.cache[id] = { id, filename: id, loaded: true, exports: lazy } as unknown as NodeModule;
}

/** The file of a module as another module resolves it. */
function beside(module: string, name: string): string | undefined {
  try {
    return require.resolve(name, { paths: [require.resolve(module)] });
  } catch {
    return undefined;
  }
}
