import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../../rehearsal/spot-api/spot-api";
import { clock, groupBody } from "./fixtures";

let api: SpotApi;

beforeEach(
  async () => (api = await SpotApi.start({ fleet: new PaperFleet(), token: "t", account: "act-1", clock })),
);
afterEach(() => api.close());

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(api.url + path, {
    method,
    headers: { authorization: "Bearer t", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test("success is 200 in the documented format, with items and count", async () => {
  const { status, json } = await ask("POST", "/aws/ec2/group?accountId=act-1", groupBody());
  expect(status).toBe(200);
  expect(json).toEqual({
    request: {
      id: "00000000-0000-4000-8000-000000000001",
      url: "/aws/ec2/group?accountId=act-1",
      method: "POST",
      timestamp: "2025-01-01T00:00:00.000Z",
    },
    response: {
      status: { code: 200, message: "OK" },
      kind: "spotinst:aws:ec2:group",
      items: [expect.objectContaining({ id: "sig-00000001", name: "redis-replicas" })],
      count: 1,
    },
  });
});

test("an error has its code, message and field in the documented format", async () => {
  const { status, json } = await ask("POST", "/aws/ec2/group", groupBody({ capacity: { unit: null } }));
  expect(status).toBe(400);
  expect(json.response).toEqual({
    status: { code: 400, message: "Bad Request" },
    errors: [{ code: "ValidationError", message: '"unit" is required', field: "body:group.capacity.unit" }],
  });
});

test.each([{ authorization: "" }, { authorization: "Bearer other" }, { authorization: "t" }])(
  "%j is not let in",
  async (headers) => {
    const { status, json } = await ask("GET", "/aws/ec2/group", undefined, headers);
    expect(status).toBe(401);
    expect(json.response).toMatchObject({ errors: [{ code: "UNAUTHORIZED" }] });
  },
);

test("another account is refused, and a request without an account is accepted", async () => {
  expect((await ask("GET", "/aws/ec2/group?accountId=act-2")).status).toBe(403);
  expect((await ask("GET", "/aws/ec2/group")).status).toBe(200);
});

test("an unknown route is a 404 in JSON", async () => {
  const { status, json } = await ask("GET", "/nothing");
  expect(status).toBe(404);
  expect(json.response).toMatchObject({ errors: [{ code: "NOT_FOUND" }] });
});

test("a body that is not JSON is a 400", async () => {
  expect((await ask("POST", "/aws/ec2/group", "{")).status).toBe(400);
});

test("an endless body is not read", async () => {
  expect((await ask("POST", "/aws/ec2/group", "x".repeat(4 * 1024 * 1024 + 1))).status).toBe(413);
});

test("requests are recorded with the status of the response, and without the token", async () => {
  await ask("GET", "/aws/ec2/group?accountId=act-1");
  await ask("PUT", "/aws/ec2/group/sig-x", { group: {} });
  expect(api.requests).toEqual([
    { method: "GET", path: "/aws/ec2/group?accountId=act-1", status: 200 },
    { method: "PUT", path: "/aws/ec2/group/sig-x", body: { group: {} }, status: 400 },
  ]);
  expect(JSON.stringify(api.requests)).not.toContain("Bearer");
});

test("only the configured number of updates fails", async () => {
  await ask("POST", "/aws/ec2/group", groupBody());
  api.failNextUpdates(1);
  const update = () => ask("PUT", "/aws/ec2/group/sig-00000001", { group: { description: "x" } });
  expect((await ask("GET", "/aws/ec2/group/sig-00000001")).status).toBe(200);
  expect((await update()).status).toBe(400);
  expect((await update()).status).toBe(200);
});
