import { type App, type TerraformStack } from "cdktf";
import { jsonSchema } from "../../config/json-schema";
import { addStack } from "../../config/stack";
import { filled, off } from "../../rehearsal/spot-api/defaults";
import { sentPaths, Workbench } from "../constructs/provider";
import { type Json } from "../constructs/support";
import { describeWith } from "../support/needs";
import { exampleConfig } from "./example";
import { options } from "./options";

jest.setTimeout(600_000);

/** Keys that no request speaks of, or that are held elsewhere. */
const ELSEWHERE =
  /^(\$schema|account|backend|review|adopt|replicas|shards.*|securityGroupIds|network.*|secrets.*)$/;

/** The optional keys of a schema, by their paths without places in lists. */
function optionalKeys({ definitions, ...schema }: Json, path = ""): string[] {
  const { properties = {}, required = [], items, anyOf = [] } = schema;
  const below = (part: Json, where: string): string[] => optionalKeys({ ...part, definitions }, where);
  return [
    ...[...anyOf, ...(items ? [items] : [])].flatMap((part: Json) => below(part, path)),
    ...Object.entries<Json>(properties).flatMap(([key, part]) => {
      const where = path === "" ? key : `${path}.${key}`;
      const found = below(part, where);
      // Without any of its keys an object says nothing.
      const says = found.length === 0 || (part.required ?? []).length > 0 || part.type !== "object";
      return required.includes(key) || !says ? found : [where, ...found];
    }),
  ];
}

test("every optional key of a config file is left out again below, or has no part in a request", () => {
  const keys = optionalKeys(JSON.parse(jsonSchema())).filter((key) => !ELSEWHERE.test(key));
  const removed = Object.values(options).flatMap(({ removals }) =>
    removals.flatMap(([each]) => each.replace(/\.\d+/g, "").split(" ")),
  );
  expect(keys.length).toBeGreaterThan(50);
  expect(removed.sort()).toEqual([...new Set(keys)].sort());
});

/** The config without these keys, or with something instead. */
function without(config: object, keys: string, instead: object = {}): object {
  const left = structuredClone(config) as Json;
  for (const key of keys.split(" ")) {
    const path = key.split(".");
    delete path.slice(0, -1).reduce((inner, step) => inner[step], left)[path.at(-1)!];
  }
  return { ...left, ...instead };
}

describeWith(
  ["terraform", "spotinst provider"],
  "the options of a config file, with the real provider",
  () => {
    let bench: Workbench;

    const build =
      (config: object) =>
      (app: App): TerraformStack =>
        addStack(
          app,
          exampleConfig({ ...config, name: "redis", backend: { local: { path: "terraform.tfstate" } } }),
        );

    /** What an update to this config has in its request and, after that failed, not in the next one. */
    async function lost(config: object): Promise<string[]> {
      bench.api.failNextUpdates(1);
      await expect(bench.apply(build(config))).rejects.toThrow("chosen to fail");
      const failed = bench.api.requests.find(({ method }) => method === "PUT");
      const [again] = await bench.apply(build(config));
      const sent = sentPaths(again);
      return sentPaths(failed).filter((path) => !sent.includes(path));
    }

    afterEach(() => bench.close());

    describe.each([
      ["adds nothing", off],
      ["fills in its defaults", filled],
    ])("and an API that %s", (_, defaults) => {
      test.each(Object.entries(options))(
        "each goes again by one update in place that says nothing else, and is wanted no more (%s)",
        async (_name, { config, removals }) => {
          bench = await Workbench.open(defaults);
          await bench.apply(build({}));
          const { id } = bench.group;
          await bench.apply(build(config));
          await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
          let left: object = config;
          const sent: [string, string, string[]][] = [];
          for (const [keys, , instead] of removals) {
            left = without(left, keys, instead);
            for (const request of await bench.apply(build(left)))
              sent.push([keys, request.method, sentPaths(request)]);
          }
          // What one of them had left to do would be in the request of the next, or in this plan.
          await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
          expect(sent).toEqual(
            removals.flatMap(([keys, paths]) => (paths.length > 0 ? [[keys, "PUT", [...paths].sort()]] : [])),
          );
          expect(bench.group.id).toBe(id);
        },
      );

      test.each(Object.entries(options))(
        "an update that failed is sent again, but for what Spot answers nothing about (%s)",
        async (_name, { config: whole, lostWhereNew, lostWhereGone }) => {
          // Zones have a guard of their own.
          const config = { ...whole, placementGroups: undefined, zonesRevision: undefined };
          // With a size, for the volumes of a default one are not sent again.
          // With as many volumes, for the provider crashes where Spot has fewer than the state.
          const base = { rootVolume: { size: 44 }, dataVolume: { size: 30 } };
          bench = await Workbench.open(defaults);
          await bench.apply(build(base));
          await expect(lost(config)).resolves.toEqual(lostWhereNew);
          await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
          // Left out, applied and set again, it is sent.
          await bench.apply(build(base));
          const [put] = await bench.apply(build(config));
          expect(sentPaths(put)).toEqual(expect.arrayContaining([...lostWhereNew]));
          await expect(lost(base)).resolves.toEqual(lostWhereGone);
        },
      );
    });
  },
);
