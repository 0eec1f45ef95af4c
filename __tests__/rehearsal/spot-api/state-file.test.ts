import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { type ApiState, SpotApi } from "../../../rehearsal/spot-api/spot-api";
import { StateFile } from "../../../rehearsal/spot-api/state-file";
import { groupBody } from "./fixtures";

const folder = mkdtempSync(join(tmpdir(), "state-file-"));
const path = join(folder, "state.json");
const opened: SpotApi[] = [];
afterEach(() => Promise.all(opened.splice(0).map((api) => api.close())));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(state?: ApiState, spotCapacity = true): Promise<SpotApi> {
  const file = new StateFile(path);
  const onChange = (next: ApiState): void => file.write(next);
  const api = await SpotApi.start({ fleet: new PaperFleet(), state, spotCapacity, onChange });
  opened.push(api);
  return api;
}

test("groups, instances and the counts of IDs survive a restart", async () => {
  const before = await start();
  const { id } = before.groups.create(groupBody()) as { id: string };
  await before.settle();
  expect(readdirSync(folder)).toEqual(["state.json"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);

  const after = await start(new StateFile(path).read());
  expect(after.groups.list()).toEqual(before.groups.list());
  expect(after.statefulInstances(id)).toEqual(before.statefulInstances(id));
  expect(after.groups.create(groupBody()).id).not.toBe(id);
  await after.settle();
});

test("an instance that was being replaced at the end is replaced after the restart", async () => {
  const before = await start();
  const { id } = before.groups.create(groupBody()) as { id: string };
  await before.settle();
  const state = structuredClone(new StateFile(path).read()!);
  (state.statefulInstances[0] as { state: string }).state = "RECYCLING";
  const after = await start(state);
  await after.settle();
  const [old, next] = [before, after].map((api) => api.statefulInstances(id)[0]!);
  expect(next!.state).toBe("ACTIVE");
  expect(next!.instance!.id).not.toBe(old!.instance!.id);
});

test("a start with spot capacity reverts a group that was launched without it", async () => {
  const always = { strategy: { revertToSpot: { performAt: "always" } } };
  const before = await start(undefined, false);
  const { id } = before.groups.create(groupBody(always)) as { id: string };
  await before.settle();
  const lifecycles = (api: SpotApi) => api.statefulInstances(id).map(({ instance }) => instance!.lifecycle);
  expect(lifecycles(before)).toEqual(["OD", "OD", "OD"]);
  const after = await start(new StateFile(path).read());
  await after.settle();
  expect(lifecycles(after)).toEqual(["SPOT", "SPOT", "SPOT"]);
});

test("there is no state before the first change, and another file is refused", () => {
  expect(new StateFile(join(folder, "none")).read()).toBeUndefined();
  for (const text of ["{}", "hello", "null", '{"version":2}']) {
    const other = join(folder, "other");
    writeFileSync(other, text);
    expect(() => new StateFile(other).read()).toThrow(
      /^--state must be a file that this program has written/,
    );
  }
});
