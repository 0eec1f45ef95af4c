import { type Json } from "../../../rehearsal/spot-api/json";
import { answerOf, isUpdate } from "../../../rehearsal/spot-api/routes";
import { groupBody, running } from "./fixtures";

const url = (path: string) => new URL(path, "https://api.spotinst.io");

async function asking() {
  const parts = await running();
  const sides = { groups: parts.groups, statefulInstances: parts.instances };
  const ask = (method: string, path: string, body?: Json) => answerOf(sides, method, url(path), body);
  return { ...parts, ask };
}

test("groups are created, read, listed, changed and deleted", async () => {
  const { ask } = await asking();
  expect(ask("POST", "/aws/ec2/group", groupBody())?.items).toMatchObject([{ id: "sig-00000002" }]);
  expect(ask("GET", "/aws/ec2/group/sig-00000002")?.items).toHaveLength(1);
  expect(ask("GET", "/aws/ec2/group")?.items).toHaveLength(2);
  const change = { group: { description: "x" } };
  expect(ask("PUT", "/aws/ec2/group/sig-00000002?autoApplyTags=true", change)?.items).toMatchObject([
    { description: "x", name: "redis-replicas" },
  ]);
  expect(ask("DELETE", "/aws/ec2/group/sig-00000002")).toBeUndefined();
  expect(() => ask("GET", "/aws/ec2/group/sig-00000002")).toThrow("GROUP_DOESNT_EXIST");
});

test.each(["instanceHealthiness", "status", "statefulInstance"])(
  "%s has an item per instance",
  async (part) => {
    const { ask, id } = await asking();
    expect(ask("GET", `/aws/ec2/group/${id}/${part}`)?.items).toHaveLength(3);
    expect(() => ask("GET", `/aws/ec2/group/sig-x/${part}`)).toThrow("GROUP_DOESNT_EXIST");
  },
);

test("the four actions are run on their stateful instance", async () => {
  const { ask, id, settle, of } = await asking();
  for (const [action, state] of [
    ["pause", "PAUSED"],
    ["resume", "ACTIVE"],
    ["recycle", "ACTIVE"],
    ["deallocate", "DEALLOCATED"],
  ]) {
    expect(ask("PUT", `/aws/ec2/group/${id}/statefulInstance/${of()[0]!.id}/${action}`)).toBeUndefined();
    await settle();
    expect(of()[0]!.state).toBe(state);
  }
});

test("shouldResumeStateful is read from the query", async () => {
  const { ask, id, settle, of } = await asking();
  ask("PUT", `/aws/ec2/group/${id}/statefulInstance/${of()[0]!.id}/pause`);
  await settle();
  ask("PUT", `/aws/ec2/group/${id}?shouldResumeStateful=true`, { group: {} });
  await settle();
  expect(of()[0]!.state).toBe("ACTIVE");
});

test("an interruption has the IDs of its instances", async () => {
  const { ask, settle, of } = await asking();
  const instancesToInterrupt = of().map(({ instance }) => instance!.id);
  ask("POST", "/aws/ec2/instance/interruption", { instancesToInterrupt });
  await settle();
  expect(of().some(({ instance }) => instancesToInterrupt.includes(instance!.id))).toBe(false);
  expect(() => ask("POST", "/aws/ec2/instance/interruption", {})).toThrow("instancesToInterrupt");
});

test("a volume of a paused stateful instance is deleted", async () => {
  const { ask, id, settle, of } = await asking();
  const { id: ssi, devices } = of()[0]!;
  ask("PUT", `/aws/ec2/group/${id}/statefulInstance/${ssi}/pause`);
  await settle();
  ask("DELETE", `/aws/ec2/group/${id}/statefulInstance/${ssi}/volume/${devices[0]!.volumeId}`);
  expect(of()[0]!.devices).toEqual([]);
});

test.each([
  ["GET", "/aws/ec2/groups"],
  ["PATCH", "/aws/ec2/group/sig-00000001"],
  ["PUT", "/aws/ec2/group/sig-00000001/statefulInstance/ssi-00000001/reboot"],
])("%s %s is no route", async (method, path) => {
  const { ask } = await asking();
  expect(() => ask(method, path)).toThrow("NOT_FOUND");
});

test("only the PUT of a group itself is an update", () => {
  expect(isUpdate("PUT", url("/aws/ec2/group/sig-1?autoApplyTags=true"))).toBe(true);
  expect(isUpdate("GET", url("/aws/ec2/group/sig-1"))).toBe(false);
  expect(isUpdate("PUT", url("/aws/ec2/group/sig-1/statefulInstance/ssi-1/pause"))).toBe(false);
});
