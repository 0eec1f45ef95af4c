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

/** Keys that are not part of a request, that other tests cover, or that are required and lose only what is below them. */
const ELSEWHERE =
  /^(\$schema|masters|account|backend|review|adopt|replicas|shards.*|securityGroupIds|network.*|secrets.*|(auth|tls)\.\w+\.\w+)$/;

/** The optional keys of a schema, by their paths without indexes of lists. */
function optionalKeys({ definitions, ...schema }: Json, path = ""): string[] {
  const { properties = {}, required = [], items, anyOf = [] } = schema;
  const below = (part: Json, where: string): string[] => optionalKeys({ ...part, definitions }, where);
  return [
    ...[...anyOf, ...(items ? [items] : [])].flatMap((part: Json) => below(part, path)),
    ...Object.entries<Json>(properties).flatMap(([key, part]) => {
      const where = path === "" ? key : `${path}.${key}`;
      const found = below(part, where);
      // An object without keys has no effect. The source of a secret must have one of its keys.
      const isSource = part.properties?.secretsManager !== undefined;
      const says =
        found.length === 0 || (part.required ?? []).length > 0 || part.type !== "object" || isSource;
      return required.includes(key) || !says ? found : [where, ...found];
    }),
  ];
}

test("every optional key of a config file is removed again below, or is not part of a request", () => {
  const keys = optionalKeys(JSON.parse(jsonSchema())).filter((key) => !ELSEWHERE.test(key));
  const removed = Object.values(options).flatMap(({ removals }) =>
    removals.flatMap(([each]) => each.replace(/\.\d+/g, "").split(" ")),
  );
  expect(keys.length).toBeGreaterThan(50);
  expect(removed.filter((key) => !ELSEWHERE.test(key)).sort()).toEqual([...new Set(keys)].sort());
});

/** The config without these keys, or with other values for them. */
function without(config: object, keys: string, instead: object = {}): object {
  const left = structuredClone(config) as Json;
  for (const key of keys.split(" ")) {
    const path = key.split(".");
    delete path.slice(0, -1).reduce((inner, step) => inner[step], left)[path.at(-1)!];
  }
  return { ...left, ...instead };
}

/** Options whose values only Terraform knows. */
const fromVariables = {
  config: {
    masters: [{ variable: "master" }, "[fd00::1]:7000"],
    instanceTypes: { onDemand: [{ variable: "type" }, "r5.large"], spot: ["r6i.large", "r5.large"] },
    tags: { team: { variable: "team" } },
    instanceMetadataTags: { variable: "shown" },
    iamInstanceProfile: { variable: "profile" },
    auth: { password: { parameter: { variable: "password" } } },
    install: { proxy: { variable: "proxy" }, mirror: { variable: "mirror" } },
    strategy: { onDemandCount: { variable: "count_on_demand" } },
  },
  values: {
    master: "10.0.1.10:7000",
    type: "r6i.large",
    team: "data",
    shown: true,
    profile: "redis",
    password: "/redis/password",
    proxy: "http://proxy.internal:3128",
    mirror: "https://files.example.com/redis",
    count_on_demand: 1,
  },
};

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

    /** The attributes in the request of an update to this config that are, if it failed, missing in the next request. */
    async function lost(config: object): Promise<string[]> {
      bench.api.failNextUpdates(1);
      await expect(bench.apply(build(config))).rejects.toThrow("configured to fail");
      const failed = bench.api.requests.find(({ method }) => method === "PUT");
      const [again] = await bench.apply(build(config));
      const sent = sentPaths(again);
      return sentPaths(failed).filter((path) => !sent.includes(path));
    }

    afterEach(() => bench.close());

    describe.each([
      ["adds nothing", off],
      ["adds its defaults", filled],
    ])("and an API that %s", (_, defaults) => {
      test.each(Object.entries(options))(
        "each is removed again by one update in place with no other attributes, and is not planned again (%s)",
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
          // An incomplete update would be part of the next request, or of this plan.
          await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
          expect(sent).toEqual(
            removals.flatMap(([keys, paths]) => (paths.length > 0 ? [[keys, "PUT", [...paths].sort()]] : [])),
          );
          expect(bench.group.id).toBe(id);
        },
      );

      test("options from variables are sent, and then have an empty plan", async () => {
        const { config, values } = fromVariables;
        bench = await Workbench.open(defaults);
        await bench.apply(build(config), values);
        await expect(bench.terraform.plan(values)).resolves.toMatchObject({ exitCode: 0 });
        const { compute, strategy } = bench.group;
        expect(compute.instanceTypes.onDemandTypes).toEqual(["r6i.large", "r5.large"]);
        expect(compute.launchSpecification).toMatchObject({
          tags: [{ tagKey: "team", tagValue: "data" }],
          metadataOptions: { instanceMetadataTags: "enabled" },
        });
        expect(strategy.onDemandCount).toBe(1);
        for (const setting of [
          "MASTERS='10.0.1.10:7000 [fd00::1]:7000'",
          "PROXY='http://proxy.internal:3128'",
          "AUTH_PASSWORD='parameter:/redis/password'",
        ])
          expect(bench.userData).toContain(setting);
      });

      test.each(Object.entries(options))(
        "a failed update is sent again, except attributes that the provider does not read (%s)",
        async (_name, { config: whole, lostWhereNew, lostWhereGone }) => {
          // Zones have a separate guard.
          const config = { ...whole, placementGroups: undefined, zonesRevision: undefined };
          // With a size, since the volumes of a default size are not sent again.
          // With the same number of volumes, since the provider crashes if Spot has fewer than the state.
          const base = { rootVolume: { size: 44 }, dataVolume: { size: 30 } };
          bench = await Workbench.open(defaults);
          await bench.apply(build(base));
          await expect(lost(config)).resolves.toEqual(lostWhereNew);
          await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
          // After it was removed, applied and set again, it is sent.
          await bench.apply(build(base));
          const [put] = await bench.apply(build(config));
          expect(sentPaths(put)).toEqual(expect.arrayContaining([...lostWhereNew]));
          await expect(lost(base)).resolves.toEqual(lostWhereGone);
        },
      );
    });
  },
);
