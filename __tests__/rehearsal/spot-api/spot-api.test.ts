import { existsSync } from "node:fs";
import { type LaunchRequest, type RunningInstance } from "../../../rehearsal/spot-api/fleet";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../../rehearsal/spot-api/spot-api";
import { groupBody } from "./fixtures";

class FullFleet extends PaperFleet {
  override launch(request: LaunchRequest): Promise<RunningInstance> {
    return Promise.reject(new Error(`no machine left for ${request.statefulInstanceId}`));
  }
}

const opened: SpotApi[] = [];
async function start(fleet = new PaperFleet(), seed = 0): Promise<SpotApi> {
  const api = await SpotApi.start({ fleet, seed });
  opened.push(api);
  return api;
}
afterEach(() => Promise.all(opened.splice(0).map((api) => api.close())));

test("the environment variables have the credentials and the address", async () => {
  const api = await start();
  expect(api.environment()).toMatchObject({
    SPOTINST_TOKEN: "rehearsal-token",
    SPOTINST_ACCOUNT: "act-00000001",
    SPOTINST_API_URL: api.url,
    HTTPS_PROXY: api.url,
  });
});

test("a group and its instances can be read without HTTP", async () => {
  const api = await start();
  const { id } = api.groups.create(groupBody()) as { id: string };
  await api.settle();
  const before = api.statefulInstances(id);
  expect(before.map(({ state }) => state)).toEqual(["ACTIVE", "ACTIVE", "ACTIVE"]);
  api.setSpotCapacity(false);
  api.interrupt([before[0]!.instance!.id]);
  await api.settle();
  expect(api.statefulInstances(id)[0]!.instance!.lifecycle).toBe("OD");
  // Objects that were returned earlier do not change.
  expect(before[0]!.instance!.lifecycle).toBe("SPOT");
});

test("on-demand instances are replaced when spot capacity is back, as far as the group reverts", async () => {
  const api = await start();
  api.setSpotCapacity(false);
  const ids = ["always", "never"].map((performAt) => {
    return api.groups.create(groupBody({ strategy: { revertToSpot: { performAt } } })).id as string;
  });
  await api.settle();
  api.setSpotCapacity(true);
  await api.settle();
  const lifecycles = ids.map((id) => api.statefulInstances(id).map(({ instance }) => instance!.lifecycle));
  expect(lifecycles).toEqual([Array(3).fill("SPOT"), Array(3).fill("OD")]);
});

test("requests beyond the limit get 429 with the headers of the real API", async () => {
  const api = await SpotApi.start({ fleet: new PaperFleet(), throttle: 1 });
  opened.push(api);
  const headers = { authorization: "Bearer rehearsal-token" };
  const ask = () => fetch(`${api.url}/aws/ec2/group`, { headers });
  expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
  expect(Number(refused.headers.get("x-ratelimit-reset"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({
    response: { status: { code: 429, message: "Too Many Requests" }, data: "Rate limit exceeded" },
  });
});

test("the error of a failed launch is thrown by `settle`", async () => {
  const api = await start(new FullFleet());
  api.groups.create(groupBody());
  await expect(api.settle()).rejects.toThrow("launch ssi-00000001: no machine left for ssi-00000001");
});

test("defaults can be switched on and off", async () => {
  const api = await start();
  api.setDefaults({ extraTag: true });
  api.groups.create(groupBody());
  expect(JSON.stringify(api.groups.list())).toContain("spotinst:added");
  api.setDefaults({});
  expect(JSON.stringify(api.groups.list())).not.toContain("spotinst:added");
  await api.settle();
});

test("two APIs with different seeds have different IDs", async () => {
  const ids = (await Promise.all([start(), start(undefined, 1)])).map(
    ({ groups }) => groups.create(groupBody()).id,
  );
  expect(new Set(ids).size).toBe(2);
  await Promise.all(opened.map((api) => api.settle()));
});

test("closing removes the certificates", async () => {
  const api = await start();
  const file = api.environment().SSL_CERT_FILE!;
  expect(existsSync(file)).toBe(true);
  await api.close();
  opened.pop();
  expect(existsSync(file)).toBe(false);
});
