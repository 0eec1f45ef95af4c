import { Metadata } from "../../rehearsal/metadata";

/** Every caller on loopback has this address. */
const ip = "127.0.0.1";
const facts = {
  instanceId: "i-0123456789abcdef0",
  availabilityZone: "us-west-2a",
  instanceType: "r6i.large",
};

describe("the metadata service", () => {
  let metadata: Metadata;

  beforeEach(async () => {
    metadata = await Metadata.start({ address: ip, port: 0 });
    metadata.register(ip, facts);
  });
  afterEach(() => metadata.close());

  function request(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://${ip}:${metadata.port}/latest/${path}`, init);
  }

  function token(ttl = "60"): Promise<Response> {
    return request("api/token", {
      method: "PUT",
      headers: { "X-aws-ec2-metadata-token-ttl-seconds": ttl },
    });
  }

  async function get(path: string): Promise<{ status: number; body: string }> {
    const headers = { "X-aws-ec2-metadata-token": await (await token()).text() };
    const response = await request(`meta-data/${path}`, { headers });
    return { status: response.status, body: await response.text() };
  }

  it("requires a token that it has issued", async () => {
    expect((await request("meta-data/instance-id")).status).toBe(401);
    const headers = { "X-aws-ec2-metadata-token": "guessed" };
    expect((await request("meta-data/instance-id", { headers })).status).toBe(401);
  });

  it("replies with 404 while it is withheld, and with the same values afterwards", async () => {
    const answerAgain = metadata.withhold(ip);
    expect((await token()).status).toBe(404);
    answerAgain();
    expect(await get("instance-id")).toEqual({ status: 200, body: facts.instanceId });
  });

  it.each(["0", "21601", "soon", ""])("gives no token for a lifetime of %j", async (ttl) => {
    expect((await token(ttl)).status).toBe(400);
  });

  it.each([
    ["local-ipv4", ip],
    ["instance-id", facts.instanceId],
    ["instance-type", facts.instanceType],
    ["instance-life-cycle", "spot"],
    ["placement/availability-zone", facts.availabilityZone],
    ["placement/region", "us-west-2"],
  ])("knows %s", async (path, body) => {
    expect(await get(path)).toEqual({ status: 200, body });
  });

  it("has an interruption notice only after it is published, and removes it with the instance", async () => {
    expect((await get("spot/instance-action")).status).toBe(404);
    metadata.notice(ip, "terminate", new Date("2030-01-02T03:04:05.678Z"));
    const noticed = await get("spot/instance-action");
    expect(JSON.parse(noticed.body)).toEqual({ action: "terminate", time: "2030-01-02T03:04:05Z" });
    metadata.register(ip, facts);
    expect((await get("spot/instance-action")).status).toBe(404);
  });

  it("has a rebalance recommendation once it is published", async () => {
    expect((await get("events/recommendations/rebalance")).status).toBe(404);
    metadata.rebalance(ip, new Date("2030-01-02T03:04:05Z"));
    const { body } = await get("events/recommendations/rebalance");
    expect(JSON.parse(body)).toEqual({ noticeTime: "2030-01-02T03:04:05Z" });
  });

  it("serves paths that a test adds", async () => {
    metadata.serve("iam/security-credentials/role", "{}");
    expect(await get("iam/security-credentials/role")).toEqual({ status: 200, body: "{}" });
  });

  it("replies with 404 to unknown addresses", async () => {
    metadata.forget(ip);
    expect((await token()).status).toBe(404);
    expect(() => metadata.notice(ip, "stop", new Date())).toThrow("no instance is registered");
  });
});
