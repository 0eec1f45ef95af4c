/**
 * cdktf loads an archiver for zip assets at every start, which is a quarter of it. No stack here has such an asset; one
 * that had would load it then.
 */
export function deferArchiver(): void {
  const id = require.resolve("archiver", { paths: [require.resolve("cdktf")] });
  const lazy = (...given: unknown[]): unknown => {
    delete require.cache[id];
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- found beside cdktf, wherever that is
    return (require(id) as (...args: unknown[]) => unknown)(...given);
  };
  require.cache[id] = { id, filename: id, loaded: true, exports: lazy } as unknown as NodeModule;
}
