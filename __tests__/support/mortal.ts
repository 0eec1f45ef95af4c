import { Cluster } from "../../cluster/cluster";
import { type Endpoint } from "../../cluster/endpoint";
import { type Replica } from "../../cluster/fleet";
import { type Server } from "../../cluster/server";
import { plannedNode, type RetireState } from "../../cluster/retire/state";
import { observe } from "../../cluster/situation";
import { SpotClient } from "../../cluster/spot/client";
import { formatState } from "../../cluster/stored-state";
import { type View } from "../../cluster/view";
import { type Operated } from "./operated";

/** More effects than any command has. */
const NEVER = 1000;

/** Thrown instead of everything that a killed process would have done. */
export class Killed extends Error {}

/** A process that is killed right after its N-th effect: a written state, a request to the API, or a command to a server. */
export class Mortal {
  readonly effects: string[] = [];
  readonly client: SpotClient;
  readonly cluster: Cluster;

  constructor(
    operated: Operated,
    private readonly last: number,
  ) {
    const { SPOTINST_TOKEN: token = "", SPOTINST_ACCOUNT: account = "" } = operated.environmentOfSpot;
    this.client = new MortalClient(this, { token, account, url: operated.api.url });
    this.cluster = new MortalCluster(this, operated.real.masters);
  }

  get isKilled(): boolean {
    return this.effects.length >= this.last;
  }

  alive(): void {
    if (this.isKilled) throw new Killed("killed");
  }

  /** Writes a state. */
  write(what: string, act: () => void): void {
    this.alive();
    act();
    this.effects.push(what);
    this.alive();
  }

  /** A request or a command. */
  async effect<T>(what: string, act: () => Promise<T>): Promise<T> {
    this.alive();
    const result = await act();
    this.write(what, () => undefined);
    return result;
  }
}

/** A command with its state, and how it is run. */
export interface Killable<State> {
  readonly state: State;
  readonly parse: (text: string) => State;
  readonly run: (mortal: Mortal, state: State, save: (state: State) => void) => Promise<{ result: string }>;
}

/** Runs a command in processes: the first one is killed after `count` effects. Returns the effects of both. */
export async function killedAfter<State extends object>(
  operated: Operated,
  count: number,
  { state, parse, run }: Killable<State>,
): Promise<{ readonly isKilled: boolean; readonly effects: readonly string[] }> {
  let file = formatState(state);
  const effects: string[] = [];
  for (const last of [count, NEVER]) {
    const mortal = new Mortal(operated, last);
    const save = (next: State) => mortal.write("save", () => (file = formatState(next)));
    try {
      const { result } = await run(mortal, parse(file), save);
      expect(result).toBe("done");
      return { isKilled: last !== count, effects: [...effects, ...mortal.effects] };
    } catch (error) {
      const { cause } = error as Error;
      if (!(error instanceof Killed) && !(cause instanceof Killed)) throw error;
      effects.push(...mortal.effects);
    } finally {
      mortal.cluster.close();
    }
  }
  throw new Error(`killed twice: ${effects.join(", ")}`);
}

/** The cluster and its group at this moment. */
export async function situationOf(operated: Operated): Promise<{ view: View; replicas: readonly Replica[] }> {
  const { client, cluster } = new Mortal(operated, NEVER);
  const { view, spot } = await observe(cluster, client, [operated.groupId]).finally(() => cluster.close());
  return { view, replicas: spot.known ? spot.value.replicas : [] };
}

/** The state of a retirement that has not begun. */
export function plannedRetirement(operated: Operated, replica: Replica): RetireState {
  return {
    ...{ format_version: "1.0", command: "retire", cluster: "redis-replicas" },
    ...{ group_ids: [operated.groupId], started_at: "2025-01-01T00:00:00.000Z" },
    process: { host: "elsewhere", pid: 1 },
    nodes: [plannedNode(replica)],
  };
}

/** The stateful instances that a request named, in the order of the requests. */
export function requestsFor(operated: Operated, action: string): string[] {
  return operated.api.requests.flatMap(
    ({ path }) => new RegExp(`(ssi-\\w+)/${action}`).exec(path)?.[1] ?? [],
  );
}

class MortalClient extends SpotClient {
  constructor(
    private readonly mortal: Mortal,
    props: ConstructorParameters<typeof SpotClient>[0],
  ) {
    super(props);
  }

  override until(): SpotClient {
    return this;
  }

  override update(...args: Parameters<SpotClient["update"]>): Promise<void> {
    return this.mortal.effect(`update ${JSON.stringify(args[1])}`, () => super.update(...args));
  }

  override act(...args: Parameters<SpotClient["act"]>): Promise<void> {
    return this.mortal.effect(args[0], () => super.act(...args));
  }
}

class MortalCluster extends Cluster {
  constructor(
    private readonly mortal: Mortal,
    seeds: readonly Endpoint[],
  ) {
    super(seeds, {});
  }

  override look(): ReturnType<Cluster["look"]> {
    this.mortal.alive();
    return super.look();
  }

  override server(endpoint: Endpoint): Server {
    const server = super.server(endpoint);
    const { mortal } = this;
    return new Proxy(server, {
      get(target, name) {
        if (name !== "ask") return Reflect.get(target, name, target) as unknown;
        return (command: readonly string[], timeout?: number) => {
          const name = command[1] ?? "";
          // Of those to all members, the first one.
          const isEffect = name === "FAILOVER" || (name === "FORGET" && !mortal.effects.includes(name));
          const isQuestion = command[2] === "0".repeat(40);
          if (!isEffect || isQuestion) return target.ask(command, timeout);
          return mortal.effect(name, () => target.ask(command, timeout));
        };
      },
    });
  }
}
