import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { groupNamed } from "../../../cluster/fleet";
import { SpotClient, type SpotClientProps } from "../../../cluster/spot/client";
import { type SpotError } from "../../../cluster/spot/spot-error";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../../rehearsal/spot-api/spot-api";
import { groupBody } from "../../rehearsal/spot-api/fixtures";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const TOKEN = "token-needle";
const opened: Server[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const client = (url: string, props: Partial<SpotClientProps> = {}): SpotClient =>
  new SpotClient({ token: TOKEN, url, pause: () => Promise.resolve(), ...props });
const errorOf = (promise: Promise<unknown>): Promise<SpotError> =>
  promise.then(
    () => Promise.reject(new Error("no error")),
    (error: SpotError) => error,
  );

test.each<[string, number, string, string, RegExp]>([
  [
    "401",
    401,
    '{"response":{"errors":[{"code":"UNAUTHORIZED"}]}}',
    "credentials",
    /401 UNAUTHORIZED; check SPOTINST_TOKEN/,
  ],
  [
    "403 with an echo of the token",
    403,
    `{"response":{"errors":[{"message":"bad ${TOKEN}"}]}}`,
    "credentials",
    /bad \*\*\*/,
  ],
  ["a missing group", 400, '{"response":{"errors":[{"code":"GROUP_DOESNT_EXIST"}]}}', "missing", /400/],
  ["HTML with 200", 200, "<html>\n<body>", "malformed", /200, not the JSON of the API but: <html> <body>/],
  ["HTML with 404", 404, "<html>", "malformed", /404, not the JSON/],
  ["JSON of another form", 200, '{"response":{"items":{"id":1}}}', "malformed", /not the JSON/],
  [
    "a group without capacity",
    200,
    '{"response":{"items":[{"id":"sig-1","name":"n"}]}}',
    "malformed",
    /not the JSON/,
  ],
  ["errors of another form", 400, '{"response":{"errors":"no"}}', "malformed", /400, not the JSON/],
])("%s is one line without the token", async (_, status, body, kind, message) => {
  const url = await served((__, response) => response.writeHead(status).end(body));
  const error = await errorOf(client(url).groups());
  expect(error).toMatchObject({ name: "SpotError", kind, message: expect.stringMatching(message) as string });
  expect(error.message).not.toMatch(/needle|\n/);
});

test("500 is tried five times", async () => {
  let requests = 0;
  const url = await served((_, response) => response.writeHead(500 + 0 * requests++).end("{}"));
  expect(await errorOf(client(url).groups())).toMatchObject({ kind: "server" });
  expect(requests).toBe(5);
});

test.each<[Record<string, string>, number[]]>([
  [{ "retry-after": "7" }, [7000]],
  [{ "x-ratelimit-reset": "3" }, [3000]],
  [{}, [1000]],
  [{ "retry-after": "soon" }, [1000]],
])("429 with the headers %j is sent again after %j ms", async (headers, expected) => {
  const pauses: number[] = [];
  let requests = 0;
  const url = await served((_, response) =>
    requests++ === 0 ? response.writeHead(429, headers).end("{}") : response.end('{"response":{"items":[]}}'),
  );
  const pause = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms));
  expect(await client(url, { pause }).groups()).toEqual([]);
  expect(pauses).toEqual(expected);
});

test("a pause beyond the limit is not waited for, but named", async () => {
  const url = await served((_, response) => response.writeHead(429, { "retry-after": "30" }).end("{}"));
  const error = await errorOf(client(url, { patience: 2000 }).groups());
  expect(error).toMatchObject({
    kind: "throttled",
    message: expect.stringMatching(/429; try again in 30 s$/) as string,
  });
});

test("an update is not repeated after a 500, since it may have been carried out", async () => {
  let requests = 0;
  const url = await served((_, response) => response.writeHead(500 + 0 * requests++).end("{}"));
  await errorOf(client(url).update("sig-1", {}));
  expect(requests).toBe(1);
});

test("a server that hangs ends at the time limit", async () => {
  const url = await served(() => setTimeout(collectGarbage, 50));
  const { signal } = new AbortController();
  const error = await errorOf(client(url, { timeout: 200, signal }).groups());
  expect(error).toMatchObject({
    kind: "timeout",
    message: "Spot API: GET /aws/ec2/group: no answer within 0.2 s",
  });
});

test("a redirect is not followed, and the other host does not get the token", async () => {
  const seen: IncomingMessage[] = [];
  const other = await served((request, response) => response.end(String(seen.push(request))));
  const url = await served((_, response) => response.writeHead(302, { location: other }).end());
  expect(await errorOf(client(url).groups())).toMatchObject({ kind: "unreachable" });
  expect(seen).toEqual([]);
});

test("a token that no header can have is not in the message", async () => {
  const error = await errorOf(client("http://127.0.0.1:1", { token: "line\nneedle" }).groups());
  expect(error.message).not.toContain("needle");
});

test("a name that two groups have names both, and the option to choose", async () => {
  const api = await SpotApi.start({ fleet: new PaperFleet() });
  try {
    for (let count = 0; count < 2; count++) api.groups.create(groupBody());
    await api.settle();
    const groups = await client(api.url, { token: "rehearsal-token" }).groups();
    expect(() => groupNamed(groups, "redis-replicas")).toThrow(
      "Spot has 2 groups named redis-replicas (sig-00000001, sig-00000002); give `--group ID`",
    );
    expect(() => groupNamed(groups, "other")).toThrow("Spot has no group named other in this account");
  } finally {
    await api.close();
  }
});

test("fields that are null are missing, and a request without an instance is none", async () => {
  const items: Readonly<Record<string, readonly object[]>> = {
    status: [
      { instanceId: null, spotInstanceRequestId: "sir-1" },
      { instanceId: "i-1", privateIp: null },
    ],
    statefulInstance: [{ id: "ssi-1", state: "RESUMING", instanceId: null }],
  };
  const url = await served(({ url: path = "" }, response) =>
    response.end(JSON.stringify({ response: { items: items[path.split("/").at(-1)!] } })),
  );
  expect(await client(url).instances("sig-1")).toEqual([{ instanceId: "i-1" }]);
  expect(await client(url).statefulInstances("sig-1")).toEqual([{ id: "ssi-1", state: "RESUMING" }]);
});

test("a list with null is not what the API documents", async () => {
  const url = await served((_, response) => response.end('{"response":{"items":[null]}}'));
  for (const question of [client(url).instances("sig-1"), client(url).statefulInstances("sig-1")])
    expect((await errorOf(question)).kind).toBe("malformed");
});
