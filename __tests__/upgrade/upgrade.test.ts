import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filled, off } from "../../rehearsal/spot-api/defaults";
import { ROOT } from "../support/folder";
import { plain } from "../constructs/support";
import { describeWith } from "../support/needs";
import { planNow, recordedStack, recordings, stackNow, wasApplied } from "./recording";

jest.setTimeout(120_000);

/** Attributes of a group that later versions change on purpose. */
const INTENDED = ["user_data"];

/** The resources of a stack by their addresses, without the metadata of cdktf. */
function resources(stack: any): Record<string, object> {
  const all = Object.entries<Record<string, object>>(stack.resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, resource]) => [`${type}.${name}`, plain(resource)] as const),
  );
  return Object.fromEntries(all);
}

/** The addresses of the resources, and the old addresses of `moved` blocks. */
function addresses(stack: any): string[] {
  const moved = (stack.moved ?? []) as { from: string }[];
  return [...Object.keys(resources(stack)), ...moved.map(({ from }) => from)];
}

test.each(recordings())("every resource of %s is still at its address, or has a moved block", (recording) => {
  const before = Object.keys(resources(recordedStack(recording)));
  expect(before.length).toBeGreaterThan(0);
  expect(addresses(stackNow(recording))).toEqual(expect.arrayContaining(before));
});

test.each(recordings().filter((recording) => !wasApplied(recording)))(
  "every AWS resource of %s is unchanged, since a change may replace it",
  (recording) => {
    const ofAws = (stack: unknown): [string, unknown][] =>
      Object.entries(resources(stack)).filter(([address]) => address.startsWith("aws_"));
    const before = ofAws(recordedStack(recording));
    expect(before.length).toBeGreaterThan(2);
    expect(ofAws(stackNow(recording))).toEqual(expect.arrayContaining(before));
  },
);

test.each(recordings())("every output of %s still exists", (recording) => {
  const outputs = (stack: any): string[] => Object.keys(stack.output);
  expect(outputs(stackNow(recording))).toEqual(expect.arrayContaining(outputs(recordedStack(recording))));
});

test("there are recordings of this version; `npm run record-upgrade` creates them", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const names = recordings().filter((recording) => recording.startsWith(`${version}/`));
  expect(names.map((name) => name.split("/")[1])).toEqual([
    ...["adopted", "full", "minimal", "network", "options", "requirements", "secrets", "shards", "variables"],
  ]);
});

describeWith(["terraform", "spotinst provider"], "an upgrade, with the real provider", () => {
  describe.each([
    ["adds nothing", off],
    ["adds its defaults", filled],
  ])("and an API that %s", (_, defaults) => {
    test.each(recordings().filter(wasApplied))(
      "of %s destroys and replaces no resource, and changes only intended attributes of groups",
      async (recording) => {
        const { plan, groups } = await planNow(recording, defaults);
        expect(groups.length).toBeGreaterThan(0);
        for (const { action, changes, replicas } of groups) {
          expect(["no_op", "update"]).toContain(action);
          expect(replicas.map(({ fate }) => fate)).not.toContain("scaled_down");
          const changed = changes.map(({ attribute }) => attribute);
          expect(changed.filter((attribute) => !INTENDED.includes(attribute))).toEqual([]);
        }
        const others = (plan.resource_changes ?? []).filter(({ type }) => !type.startsWith("spotinst_"));
        for (const { address, change } of others)
          expect([address, change.actions]).toEqual([address, ["no-op"]]);
      },
    );
  });
});
