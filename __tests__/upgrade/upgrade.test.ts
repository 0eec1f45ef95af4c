import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../config/example";
import { describeWith } from "../support/needs";
import { planNow, recordedStack, recordings, stackNow } from "./recording";

jest.setTimeout(120_000);

/** Addresses of groups in a stack's JSON, and where `moved` blocks took them from. */
function addresses(stack: any): string[] {
  const groups = Object.keys(stack.resource.spotinst_elastigroup_aws);
  const moved = (stack.moved ?? []) as { from: string }[];
  return [...groups, ...moved.map(({ from }) => from.replace("spotinst_elastigroup_aws.", ""))];
}

test.each(recordings())(
  "of %s every group is still at its address, or a moved block takes it along",
  (recording) => {
    expect(addresses(stackNow(recording))).toEqual(
      expect.arrayContaining(addresses(recordedStack(recording))),
    );
  },
);

test.each(recordings())("of %s every output is still there", (recording) => {
  const outputs = (stack: any): string[] => Object.keys(stack.output);
  expect(outputs(stackNow(recording))).toEqual(expect.arrayContaining(outputs(recordedStack(recording))));
});

test("there are recordings of this version; `npm run record-upgrade` makes them", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const names = recordings().filter((recording) => recording.startsWith(`${version}/`));
  expect(names.map((name) => name.split("/")[1])).toEqual(["full", "minimal", "shards", "variables"]);
});

describeWith(["terraform", "spotinst provider"], "an upgrade, with the real provider", () => {
  test.each(recordings())("of %s destroys and replaces nothing", async (recording) => {
    const { plan, groups } = await planNow(recording);
    expect(groups.length).toBeGreaterThan(0);
    for (const { action, replicas } of groups) {
      expect(["nothing", "update"]).toContain(action);
      expect(replicas.map(({ fate }) => fate)).not.toContain("left behind");
    }
    const others = (plan.resource_changes ?? []).filter(({ type }) => type !== "terraform_data");
    const destroyed = others.filter(({ change: { actions } }) => actions.includes("delete"));
    expect(destroyed.map(({ address }) => address)).toEqual([]);
  });
});
