import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Background } from "./background";
import { type ApiDefaults, off } from "./defaults";
import { type Fleet } from "./fleet";
import { type Clock, Groups } from "./groups";
import { handler } from "./handler";
import { Ids } from "./ids";
import { Launcher } from "./launcher";
import { Proxy } from "./proxy";
import { RateLimit } from "./rate-limit";
import { type RecordedRequest, Recorder } from "./recorder";
import { type JsonObject } from "./json";
import { type StatefulInstance } from "./stateful-instance";
import { StatefulInstances } from "./stateful-instances";

/** Properties of the simulated API. */
export interface SpotApiProps {
  /** Runs the instances. */
  readonly fleet: Fleet;
  /**
   * The attributes that the API adds to groups.
   * @default off
   */
  readonly defaults?: ApiDefaults;
  /**
   * The valid bearer token.
   * @default "rehearsal-token"
   */
  readonly token?: string;
  /**
   * The valid account ID.
   * @default "act-00000001"
   */
  readonly account?: string;
  /**
   * The port on 127.0.0.1.
   * @default 0, any free one
   */
  readonly port?: number;
  /**
   * The seed of the IDs. Two APIs on one machine need different seeds.
   * @default 0
   */
  readonly seed?: number;
  /** @default - the clock of this machine */
  readonly clock?: Clock;
  /**
   * Requests that each method and route may get within 60 seconds.
   * @default - any number
   */
  readonly throttle?: number;
  /** @default true */
  readonly spotCapacity?: boolean;
  /**
   * The state of an earlier run.
   * @default - no groups
   */
  readonly state?: ApiState;
  /** Called with the state after each change. */
  readonly onChange?: (state: ApiState) => void;
}

/** What an API knows, as JSON. */
export interface ApiState {
  /** The counts of the IDs. */
  readonly ids: Readonly<Record<string, number>>;
  readonly groups: readonly JsonObject[];
  readonly statefulInstances: readonly StatefulInstance[];
}

/** The timeout of a launch, in milliseconds. Launches take longest. */
const settleMs = 300_000;

interface Switches {
  spotCapacity: boolean;
  failingUpdates: number;
  refills: boolean;
}

/** A simulated Spot API on this machine, for the unmodified Terraform provider. */
export class SpotApi {
  private constructor(
    /** The groups of the account. */
    readonly groups: Groups,
    private readonly parts: {
      readonly instances: StatefulInstances;
      readonly background: Background;
      readonly recorder: Recorder;
      readonly credentials: Readonly<Record<string, string>>;
      readonly directory: string;
      readonly proxy: Proxy;
      readonly switches: Switches;
    },
  ) {}

  /** Listens on 127.0.0.1. */
  static async start(props: SpotApiProps): Promise<SpotApi> {
    const { fleet, defaults = off, seed = 0, port = 0, clock = () => new Date() } = props;
    const { token = "rehearsal-token", account: accountId = "act-00000001" } = props;
    const { throttle, spotCapacity = true, state, onChange } = props;
    const ids = new Ids(seed);
    const changed = (): void => {
      onChange?.({ ids: ids.state, groups: groups.all, statefulInstances: instances.state });
    };
    const background = new Background(changed);
    const recorder = new Recorder();
    const launcher = new Launcher({ fleet, ids, clock });
    const switches: Switches = { spotCapacity, failingUpdates: 0, refills: false };
    const instances = new StatefulInstances({
      ...{ launcher, ids, clock, background },
      market: () => switches,
      refills: () => switches.refills,
    });
    const groups = new Groups({ ids, clock, defaults });
    groups.listen(instances);
    if (state) {
      ids.load(state.ids);
      groups.load(state.groups);
      instances.load(state.groups, state.statefulInstances);
      instances.revertToSpot();
    }
    groups.listen({ created: changed, updated: changed, deleted: changed });

    const account = { groups, statefulInstances: instances };
    const failUpdate = () => switches.failingUpdates > 0 && switches.failingUpdates-- > 0;
    const directory = await mkdtemp(join(tmpdir(), "spot-api-"));
    try {
      const rateLimit = throttle === undefined ? undefined : new RateLimit(throttle, clock);
      const listener = handler({ account, recorder, ids, clock, token, accountId, failUpdate, rateLimit });
      const proxy = await Proxy.start({ handler: listener, directory, port });
      const credentials = { SPOTINST_TOKEN: token, SPOTINST_ACCOUNT: accountId };
      return new SpotApi(groups, {
        instances,
        background,
        recorder,
        credentials,
        directory,
        proxy,
        switches,
      });
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** The URL of the API for clients that do not need the proxy and TLS. */
  get url(): string {
    return this.parts.proxy.url;
  }

  /** The environment variables for Terraform and for `redis-elastigroup`. */
  environment(): Record<string, string> {
    return { ...this.parts.proxy.environment(), ...this.parts.credentials };
  }

  /** The requests so far, without tokens. */
  get requests(): readonly RecordedRequest[] {
    return this.parts.recorder.requests;
  }

  /** The hosts that the proxy has rejected. */
  get refusedHosts(): readonly string[] {
    return [...this.parts.proxy.refused];
  }

  /** Removes the recorded requests, so that a test sees only later ones. */
  clearRequests(): void {
    this.parts.recorder.clear();
  }

  /** The stateful instances of a group, in the order of their creation. The group may be deleted. */
  statefulInstances(groupId: string): readonly Readonly<StatefulInstance>[] {
    return this.parts.instances.of(groupId).map((stateful) => structuredClone(stateful));
  }

  /** The stateful instances of deleted groups whose volumes were not deleted. */
  get orphaned(): readonly Readonly<StatefulInstance>[] {
    return this.parts.instances.orphaned.map((stateful) => structuredClone(stateful));
  }

  /** Ends and replaces instances. `clean`: after an interruption notice. `gone`: like the loss of a host. */
  interrupt(instanceIds: readonly string[], how: "clean" | "gone" = "clean"): void {
    this.parts.instances.interrupt(instanceIds, how);
  }

  /** Waits with a timeout until all launches and stops are done. Throws the errors since the last call. */
  async settle(timeoutMs = settleMs): Promise<void> {
    await this.parts.background.settle(timeoutMs);
  }

  /** Changes the attributes that the API adds to groups. */
  setDefaults(defaults: ApiDefaults): void {
    this.groups.setDefaults(defaults);
  }

  /**
   * Sets whether there is spot capacity. Without it, launches fall back to on-demand or fail, as the group allows. When it
   * is back, groups revert to spot.
   */
  setSpotCapacity(available: boolean): void {
    this.parts.switches.spotCapacity = available;
    this.revertToSpot();
  }

  /** Replaces on-demand fallback instances in groups that revert at this time. To be called again for time windows. */
  revertToSpot(): void {
    this.parts.instances.revertToSpot();
  }

  /** Sets whether a deallocated instance is replaced where its group is then below the target. */
  setRefills(refills: boolean): void {
    this.parts.switches.refills = refills;
  }

  /** Makes this number of the next updates of groups fail. */
  failNextUpdates(count: number): void {
    this.parts.switches.failingUpdates = count;
  }

  /** Closes all connections and removes the certificates. It does not end the instances of the fleet. */
  async close(): Promise<void> {
    await this.parts.proxy.close();
    await rm(this.parts.directory, { recursive: true, force: true });
  }
}
