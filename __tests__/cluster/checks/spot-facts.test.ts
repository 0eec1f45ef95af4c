import { evaluate } from "../../../cluster/checks/evaluation";
import { spotFacts } from "../../../cluster/checks/spot-facts";
import { SpotClient, type SpotClientProps } from "../../../cluster/spot/client";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../../rehearsal/spot-api/spot-api";
import { groupBody } from "../../rehearsal/spot-api/fixtures";
import { type Fault, FaultyApi } from "../../support/faulty-api";
import { factsOf } from "./samples";

const NAMES = ["redis-replicas"];
let api: SpotApi;
let faulty: FaultyApi;

beforeAll(async () => {
  api = await SpotApi.start({ fleet: new PaperFleet() });
  api.groups.create(groupBody());
  await api.settle();
  faulty = await FaultyApi.start(api.url);
});
afterAll(async () => {
  await faulty?.close();
  await api?.close();
});
afterEach(() => (faulty.fault = () => undefined));

/** With `patience`, no pause that an answer asks for is waited for. */
function facts(limits: Pick<SpotClientProps, "timeout" | "patience"> = {}, credentials = {}) {
  const client = new SpotClient({ token: "rehearsal-token", url: faulty.url, ...credentials, ...limits });
  return spotFacts(client, NAMES);
}

test("a deallocated instance is none of the group", async () => {
  faulty.fault = (_, path) =>
    path.includes("/statefulInstance")
      ? { change: ([first, ...rest]) => [{ ...first, state: "DEALLOCATED" }, ...rest] }
      : undefined;
  expect(await facts()).toMatchObject({ value: [{ stateful: [{ state: "ACTIVE" }, { state: "ACTIVE" }] }] });
});

const ECHO = '{"response":{"errors":[{"code":"E","message":"token rehearsal-token"}]}}';

test.each<[string, Fault, RegExp]>([
  ["429 with a time", { status: 429, headers: { "retry-after": "30" } }, /429; try again in 30 s$/],
  ["429 without a header", { status: 429 }, /429; try again in 1 s$/],
  ["500 that quotes the token", { status: 500, body: ECHO }, /500 E: token \*\*\*; try again in 1 s$/],
  ["HTML", { status: 200, body: "<html>\nproxy</html>" }, /200, not the JSON of the API but: <html> proxy/],
  ["nothing", { hang: true }, /no answer within 0\.3 s$/],
])("an API that answers %s is one reason, and its rules are not checked", async (_, fault, reason) => {
  faulty.fault = () => fault;
  const spot = await facts({ patience: 1000, ...(fault.hang ? { timeout: 300 } : {}) });
  expect(spot).toMatchObject({ known: false, reason: expect.stringMatching(reason) as string });
  const { findings, notChecked } = evaluate(factsOf({ spot }));
  expect(findings).toEqual([]);
  expect(notChecked.filter(({ severity }) => severity === "warning")).toHaveLength(1);
  expect(JSON.stringify([spot, notChecked])).not.toMatch(/rehearsal-token|\\n/);
});

test.each([
  ["token", { token: "secret-token" }, /401/],
  ["account", { account: "act-99999999" }, /403/],
])("a wrong %s is an error of one rule", async (_, credentials, reason) => {
  const spot = await facts({}, credentials);
  const { findings } = evaluate(factsOf({ spot }));
  expect(findings).toEqual([
    expect.objectContaining({
      ...{ rule: "rejected-credentials", severity: "error", seen: expect.stringMatching(reason) as string },
    }),
  ]);
  expect(JSON.stringify(findings)).not.toMatch(/(secret|rehearsal)-token/);
});
