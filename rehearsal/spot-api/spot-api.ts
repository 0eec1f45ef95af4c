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
import { type RecordedRequest, Recorder } from "./recorder";
import { type StatefulInstance } from "./stateful-instance";
import { StatefulInstances } from "./stateful-instances";

/** How the stand-in is started. */
export interface SpotApiProps {
  /** Where the instances run. */
  readonly fleet: Fleet;
  /**
   * What the API adds to what it was sent.
   * @default off
   */
  readonly defaults?: ApiDefaults;
  /**
   * The bearer token that is accepted.
   * @default "rehearsal-token"
   */
  readonly token?: string;
  /**
   * The account that is accepted.
   * @default "act-00000001"
   */
  readonly account?: string;
  /**
   * The port on 127.0.0.1.
   * @default 0, any free one
   */
  readonly port?: number;
  /**
   * Keeps the ids of two stand-ins on one machine apart.
   * @default 0
   */
  readonly seed?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** A launch takes as long as a machine takes to start; nothing takes longer than this. */
const settleMs = 300_000;

interface Switches {
  spotCapacity: boolean;
  failingUpdates: number;
}

/** A stand-in for Spot's API that the unmodified Terraform provider talks to, on this machine only. */
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
    const ids = new Ids(seed);
    const background = new Background();
    const recorder = new Recorder();
    const launcher = new Launcher({ fleet, ids, clock });
    const switches: Switches = { spotCapacity: true, failingUpdates: 0 };
    const instances = new StatefulInstances({ launcher, ids, clock, background, market: () => switches });
    const groups = new Groups({ ids, clock, defaults });
    groups.listen(instances);

    const account = { groups, statefulInstances: instances };
    const failUpdate = () => switches.failingUpdates > 0 && switches.failingUpdates-- > 0;
    const directory = await mkdtemp(join(tmpdir(), "spot-api-"));
    try {
      const listener = handler({ account, recorder, ids, clock, token, accountId, failUpdate });
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

  /** The API's address for clients that can be given one: no proxy and no TLS in between. */
  get url(): string {
    return this.parts.proxy.url;
  }

  /** What Terraform, and our own commands, need in their environment. */
  environment(): Record<string, string> {
    return { ...this.parts.proxy.environment(), ...this.parts.credentials };
  }

  /** What was asked so far, without any token. */
  get requests(): readonly RecordedRequest[] {
    return this.parts.recorder.requests;
  }

  /** The hosts that somebody tried to reach through the proxy in vain. */
  get refusedHosts(): readonly string[] {
    return [...this.parts.proxy.refused];
  }

  /** Forgets what was asked, so that a test sees only what comes next. */
  clearRequests(): void {
    this.parts.recorder.clear();
  }

  /** The stateful instances of a group in the order of their creation, also of a deleted group. */
  statefulInstances(groupId: string): readonly Readonly<StatefulInstance>[] {
    return this.parts.instances.of(groupId).map((stateful) => structuredClone(stateful));
  }

  /** Those of deleted groups whose volumes nobody asked to delete. */
  get leftBehind(): readonly Readonly<StatefulInstance>[] {
    return this.parts.instances.leftBehind.map((stateful) => structuredClone(stateful));
  }

  /** Takes instances away and replaces them: `clean` after a notice, `gone` as when a host is lost. */
  interrupt(instanceIds: readonly string[], how: "clean" | "gone" = "clean"): void {
    this.parts.instances.interrupt(instanceIds, how);
  }

  /** Waits, bounded, until every launch and stop is done; throws what failed since the last call. */
  async settle(timeoutMs = settleMs): Promise<void> {
    await this.parts.background.settle(timeoutMs);
  }

  /** Changes what the API adds to what it was sent. */
  setDefaults(defaults: ApiDefaults): void {
    this.groups.setDefaults(defaults);
  }

  /** Without spot capacity, launches fall back to on-demand, or fail where the group forbids that. */
  setSpotCapacity(available: boolean): void {
    this.parts.switches.spotCapacity = available;
  }

  /** Answers so many of the next updates of any group with an error. */
  failNextUpdates(count: number): void {
    this.parts.switches.failingUpdates = count;
  }

  /** Ends all connections and removes the certificates. The instances are the fleet's owner's to end. */
  async close(): Promise<void> {
    await this.parts.proxy.close();
    await rm(this.parts.directory, { recursive: true, force: true });
  }
}
