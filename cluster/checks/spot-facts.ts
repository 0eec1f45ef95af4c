import { type Answer, type Cause, known, unanswered } from "../answer";
import { type SpotClient } from "../spot/client";
import { type SpotGroup, type SpotInstance, type StatefulInstance } from "../spot/group";
import { SpotError, type SpotErrorKind } from "../spot/spot-error";

/** A group of the config's names that exists. */
export interface FoundGroup {
  readonly group: SpotGroup;
  readonly stateful: Answer<readonly StatefulInstance[]>;
  readonly instances: Answer<readonly SpotInstance[]>;
}

const CAUSES: Partial<Record<SpotErrorKind, Cause>> = {
  credentials: "auth",
  timeout: "timeout",
  unreachable: "unreachable",
};

/** The groups of the account that have one of these names. */
export async function spotFacts(
  client: SpotClient,
  names: readonly string[],
): Promise<Answer<readonly FoundGroup[]>> {
  const groups = await answered(() => client.groups());
  if (!groups.known) return groups;
  const found = groups.value.filter(({ name }) => names.includes(name));
  return known(
    await Promise.all(
      found.map(async (group) => {
        const [stateful, instances] = await Promise.all([
          answered(() => client.statefulInstances(group.id)),
          answered(() => client.instances(group.id)),
        ]);
        return { group, stateful, instances };
      }),
    ),
  );
}

async function answered<T>(question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return known(await question());
  } catch (error) {
    if (!(error instanceof SpotError)) throw error;
    return unanswered(CAUSES[error.kind] ?? "error", error.message);
  }
}
