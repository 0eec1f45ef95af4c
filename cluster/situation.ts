import { type Answer, known, unanswered } from "./answer";
import { type Cluster } from "./cluster";
import { fleetOf, type GroupFleet, type Replica, replicasOf } from "./fleet";
import { type SpotClient } from "./spot/client";
import { SpotError, type SpotErrorKind } from "./spot/spot-error";
import { type View } from "./view";

/** The cluster and its groups at one moment. */
export interface Situation {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly view: View;
  /** Unanswered while the API is not reached. The cluster does not depend on it. */
  readonly spot: Answer<SpotSituation>;
}

/** The groups, and their instances joined with the nodes of the cluster. */
export interface SpotSituation {
  readonly fleets: readonly GroupFleet[];
  readonly replicas: readonly Replica[];
}

/** Failures of the API that can pass. Any other one stays until a person has acted. */
const PASSING: readonly SpotErrorKind[] = ["unreachable", "timeout", "throttled", "server", "malformed"];

/** Whether it is worth asking again after this error. */
export function canPass(error: unknown): error is SpotError {
  return error instanceof SpotError && PASSING.includes(error.kind);
}

/** Asks all members of the cluster, and the API. Rejects only where a further question would fail in the same way. */
export async function observe(
  cluster: Cluster,
  client: SpotClient,
  groupIds: readonly string[],
): Promise<Situation> {
  const [view, fleets] = await Promise.all([cluster.look(), fleetsOf(client, groupIds)]);
  const spot = fleets.known
    ? known({ fleets: fleets.value, replicas: replicasOf(fleets.value, view) })
    : fleets;
  return { now: Date.now(), view, spot };
}

async function fleetsOf(client: SpotClient, ids: readonly string[]): Promise<Answer<readonly GroupFleet[]>> {
  try {
    return known(await Promise.all(ids.map(async (id) => fleetOf(client, await client.group(id)))));
  } catch (error) {
    if (!canPass(error)) throw error;
    return unanswered("error", error.message);
  }
}
