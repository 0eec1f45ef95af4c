import { writeFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { instanceFiles, TEMPLATES } from "../../../constructs/redis/instance-files";

test("the files are sorted by path, and only programs are executable", () => {
  const files = instanceFiles();
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual([...paths].sort());
  expect(files.filter(({ mode }) => mode !== "0644").map(({ path, mode }) => [path, mode])).toEqual([
    ["/usr/local/bin/redis-replica", "0755"],
  ]);
});

test("caches of tools are not files of an instance", () => {
  const cache = join(TEMPLATES, "instance/etc/__pycache__");
  mkdirSync(cache);
  try {
    writeFileSync(join(cache, "agent.pyc"), "");
    jest.isolateModules(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded again, without the module cache
      const again = require("../../../constructs/redis/instance-files") as {
        instanceFiles: typeof instanceFiles;
      };
      expect(again.instanceFiles()).toEqual(instanceFiles());
    });
  } finally {
    rmSync(cache, { recursive: true });
  }
});
