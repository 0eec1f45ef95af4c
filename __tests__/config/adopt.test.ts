import { App } from "cdktf";
import { loadConfigs } from "../../config/load";
import { addStacks } from "../../config/stack";
import { exampleText } from "./example";
import { messages } from "./messages";
import { file, temporaryFolder } from "../support/folder";
import { type Json } from "../constructs/support";

const folder = temporaryFolder();

function imports(changes: Record<string, unknown>): Json {
  const app = new App({ outdir: folder, stackTraces: false });
  const [stack] = addStacks(app, loadConfigs([file(folder, "c.yaml", exampleText(changes))]));
  return stack!.toTerraform().import;
}

test("a given group is imported; without an ID no group is", () => {
  expect(imports({ adopt: "sig-1a2b3c4d" })).toEqual([
    { to: "spotinst_elastigroup_aws.replicas_group_04D7EBCA", id: "sig-1a2b3c4d" },
    { to: expect.stringContaining("zones-sent"), id: "adopted" },
  ]);
  expect(imports({})).toBeUndefined();
});

test("each shard imports its own group", () => {
  const shards = [
    { name: "a", master: "10.0.1.10", replicas: 1, adopt: "sig-0000000a" },
    { name: "b", master: "10.0.1.11", replicas: 1 },
  ];
  expect(imports({ replicas: undefined, shards })).toMatchObject([
    { id: "sig-0000000a" },
    { to: expect.stringContaining("shard-a_zones-sent"), id: "adopted" },
  ]);
});

test("it must be the ID of a group", () => {
  expect(messages({ adopt: "redis-replicas" })).toEqual([
    '`adopt` must be the id of an Elastigroup such as sig-1a2b3c4d, got: "redis-replicas"',
  ]);
});
