import { type Replica } from "../../../cluster/fleet";
import { Retire, RETIRE_TIMES } from "../../../cluster/retire/retire";
import { SpotClient } from "../../../cluster/spot/client";
import { SpotError } from "../../../cluster/spot/spot-error";
import { formatState } from "../../../cluster/stored-state";
import { type Fault, FaultyApi } from "../../support/faulty-api";
import { plannedRetirement, requestsFor, situationOf } from "../../support/mortal";
import { describeWith } from "../../support/needs";
import { Operated } from "../../support/operated";

jest.setTimeout(120_000);

const NOT_FOUND = JSON.stringify({ response: { errors: [{ code: "GROUP_DOESNT_EXIST", message: "none" }] } });
const REFUSED = JSON.stringify({ response: { errors: [{ code: "BUSY", message: "not now" }] } });

/** What each request is answered, one after the other. */
const FAULTS: readonly Fault[] = [
  { status: 401, body: "TOKEN" },
  { status: 500, body: "" },
  { status: 429, body: "", headers: { "retry-after": "0" } },
  { status: 429, body: "" },
  { status: 200, body: "<html>Bearer TOKEN</html>" },
  { hang: true },
  { status: 200, body: JSON.stringify({ response: { items: [] } }) },
  { status: 400, body: NOT_FOUND },
  { status: 400, body: REFUSED },
  { status: 502, body: "<html>", forward: true },
];
const changed = (changes: object): Fault => ({
  change: (items) => items.map((item) => ({ ...item, ...changes })),
});
/** As the stateful instances are listed, too. What is not true is listed in several looks. */
const LISTS: readonly Fault[] = [
  ...[changed({ state: "ODD" }), changed({ state: "ODD" }), changed({ privateIp: null })],
  ...[changed({ state: "ACTIVE" }), changed({ state: "ACTIVE" }), changed({ state: "ACTIVE" })],
  ...[{ change: (items: any[]) => items.slice(0, 1) }, { change: (items: any[]) => items.slice(1) }],
];

describeWith(["redis-server"], "whatever the API answers to its requests", () => {
  let operated: Operated;
  let faulty: FaultyApi;

  beforeAll(async () => {
    jest.replaceProperty(RETIRE_TIMES, "every", 20);
    operated = await Operated.start({ masters: 2, replicas: 1, count: 4 });
    faulty = await FaultyApi.start(operated.api.url);
  });
  afterAll(async () => {
    await faulty?.close();
    await operated?.close();
  });

  test("a retirement that is run again until it ends takes this instance away, and no other", async () => {
    const token = process.env["SPOTINST_TOKEN"]!;
    const account = process.env["SPOTINST_ACCOUNT"]!;
    const client = new SpotClient({
      ...{ token, account, url: faulty.url, timeout: 300 },
      pause: () => Promise.resolve(),
    });
    const { replicas } = await situationOf(operated);
    const [replica, ...others] = replicas as [Replica, ...Replica[]];
    let file = plannedRetirement(operated, replica);
    const left = new Map<string, Fault[]>();
    let count = 0;
    faulty.fault = (method, path) => {
      // Each request is another one after each change of the group.
      const { capacity } = operated.api.groups.get(operated.groupId) as any;
      const kind = `${method} ${path} ${JSON.stringify(capacity)}`;
      const isList = method === "GET" && /statefulInstance\b/.test(path);
      if (!left.has(kind)) left.set(kind, [...(isList ? LISTS : []), ...FAULTS]);
      const fault = left.get(kind)!.shift();
      if (fault !== undefined) count++;
      return (
        fault && {
          ...fault,
          ...(fault.body === undefined ? {} : { body: fault.body.replace("TOKEN", token) }),
        }
      );
    };
    const told: string[] = [];
    const errors: unknown[] = [];
    for (let runs = 0, result = ""; result !== "done"; runs++) {
      if (runs === 200) throw new Error(told.join("\n"));
      try {
        const ended = await new Retire({
          ...{ cluster: operated.cluster, client, state: file, allowSingleCopy: true },
          ...{ signal: new AbortController().signal, timeout: 30_000, watch: 0 },
          save: (next) => {
            file = next;
            told.push(formatState(next));
          },
          report: (line) => told.push(line),
        }).run();
        result = ended.result;
        told.push(...ended.refusals.map(({ detail }) => detail));
      } catch (error) {
        errors.push(error);
        told.push((error as Error).message);
      }
    }
    expect(count).toBeGreaterThan(100);
    expect(told.join("\n")).not.toContain(token);
    for (const error of errors)
      expect(error instanceof SpotError || (error as Error).constructor === Error).toBe(true);
    expect(new Set(requestsFor(operated, "deallocate"))).toEqual(new Set([replica.stateful.id]));
    expect((operated.api.groups.get(operated.groupId) as any).capacity).toMatchObject({
      ...{ minimum: 3, maximum: 3, target: 3 },
    });
    expect(operated.stateful.map(({ id, state }) => [id, state])).toEqual(
      others.map((each) => [each.stateful.id, "ACTIVE"]),
    );
  });
});
