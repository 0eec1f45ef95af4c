import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filled, off } from "../../rehearsal/spot-api/defaults";
import { ROOT } from "../config/example";
import { plain } from "../constructs/support";
import { describeWith } from "../support/needs";
import { planNow, recordedStack, recordings, stackNow, wasApplied } from "./recording";

jest.setTimeout(120_000);

/** What versions since the recorded ones change in a group on purpose. */
const INTENDED = ["user_data"];

/** A stack's resources by their addresses, without what cdktf notes beside them. */
function resources(stack: any): Record<string, object> {
  const all = Object.entries<Record<string, object>>(stack.resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, resource]) => [`${type}.${name}`, plain(resource)] as const),
  );
  return Object.fromEntries(all);
}

/** Where they are, and where `moved` blocks took them from. */
function addresses(stack: any): string[] {
  const moved = (stack.moved ?? []) as { from: string }[];
  return [...Object.keys(resources(stack)), ...moved.map(({ from }) => from)];
}

test.each(recordings())(
  "of %s every resource is still at its address, or a moved block takes it along",
  (recording) => {
    const before = Object.keys(resources(recordedStack(recording)));
    expect(before.length).toBeGreaterThan(0);
    expect(addresses(stackNow(recording))).toEqual(expect.arrayContaining(before));
  },
);

test.each(recordings().filter((recording) => !wasApplied(recording)))(
  "of %s every resource of AWS says what it said, for what it says may replace it",
  (recording) => {
    const ofAws = (stack: unknown): [string, unknown][] =>
      Object.entries(resources(stack)).filter(([address]) => address.startsWith("aws_"));
    const before = ofAws(recordedStack(recording));
    expect(before.length).toBeGreaterThan(2);
    expect(ofAws(stackNow(recording))).toEqual(expect.arrayContaining(before));
  },
);

test.each(recordings())("of %s every output is still there", (recording) => {
  const outputs = (stack: any): string[] => Object.keys(stack.output);
  expect(outputs(stackNow(recording))).toEqual(expect.arrayContaining(outputs(recordedStack(recording))));
});

test("there are recordings of this version; `npm run record-upgrade` makes them", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const names = recordings().filter((recording) => recording.startsWith(`${version}/`));
  expect(names.map((name) => name.split("/")[1])).toEqual([
    ...["adopted", "full", "minimal", "network", "options", "requirements", "secrets", "shards", "variables"],
  ]);
});

describeWith(["terraform", "spotinst provider"], "an upgrade, with the real provider", () => {
  describe.each([
    ["adds nothing", off],
    ["fills in its defaults", filled],
  ])("and an API that %s", (_, defaults) => {
    test.each(recordings().filter(wasApplied))(
      "of %s destroys and replaces nothing, and changes nothing of a group that is not meant to change",
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
