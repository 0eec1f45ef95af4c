import { NspawnFleet } from "./fleet";
import { type Image, image } from "./image";
import { Masters, type MastersOptions } from "./masters";
import { Metadata } from "./metadata";
import { Mirror, prepareMirror, redisSource } from "./mirror";
import { Network } from "./network";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { defaultServer, serverBuild } from "./server-build";
import { type ApiDefaults } from "./spot-api/defaults";
import { SpotApi } from "./spot-api/spot-api";
import { until } from "./wait";

export interface StageProps {
  readonly masters?: MastersOptions;
  /** The attributes that the Spot API adds to groups. @default none */
  readonly defaults?: ApiDefaults;
}

/** A replica that every master lists. */
export interface Placed {
  readonly id: string;
  readonly address: string;
  readonly master: string;
}

/** All parts of a rehearsal: masters, package mirror, machines, and the Spot API that launches them. */
export class Stage {
  private constructor(
    readonly image: Image,
    readonly network: Network,
    readonly metadata: Metadata,
    readonly mirror: Mirror,
    readonly masters: Masters,
    readonly fleet: NspawnFleet,
    readonly api: SpotApi,
  ) {}

  static async open({ masters, defaults }: StageProps = {}): Promise<Stage> {
    const ami = await image();
    const network = await Network.create();
    const metadata = await Metadata.start();
    const mirror = await Mirror.start(await prepareMirror(ami));
    const server = (await serverBuild(defaultServer, ami))?.server;
    const cluster = await Masters.start(network, { server, ...masters });
    const fleet = new NspawnFleet({ network, metadata, image: ami, noticeSeconds: 2 });
    const api = await SpotApi.start({ fleet, defaults });
    return new Stage(ami, network, metadata, mirror, cluster, fleet, api);
  }

  /** The `redis` section of a config that builds Redis from the source on the mirror. */
  get source(): { readonly version: string; readonly url: string; readonly sha256: string } {
    return {
      version: /\d+\.\d+\.\d+/.exec(redisSource.file)?.[0] ?? "",
      url: this.mirror.url(redisSource.file),
      sha256: redisSource.sha256,
    };
  }

  /** Waits until every master lists the same live, connected replicas, in this number. Returns them. */
  async replicas(count: number, timeout = 60_000): Promise<Placed[]> {
    let seen: ClusterNode[][] = [];
    return until(
      `every master lists ${count} live replicas`,
      { timeout, evidence: () => JSON.stringify(seen) },
      async () => {
        seen = await Promise.all(this.masters.servers.map(({ node }) => node.nodes()));
        const views = seen.map((nodes) => placements(nodes));
        const [first = []] = views;
        const agreed = views.every((view) => JSON.stringify(view) === JSON.stringify(first));
        return agreed && first.length === count ? first : undefined;
      },
    );
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.fleet.close();
    await this.masters.close();
    await this.mirror.close();
    await this.metadata.close();
    await this.network.close();
  }
}

function placements(nodes: readonly ClusterNode[]): Placed[] {
  return nodes
    .filter(
      ({ flags, connected }) =>
        flags.includes("slave") && connected && !flags.some((flag) => /^(fail|handshake|noaddr)/.test(flag)),
    )
    .map(({ id, address, master = "" }) => ({ id, address, master }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
