import { type Answer, type Cause, known, unanswered } from "../answer";
import { fleetOf, type GroupFleet } from "../fleet";
import { type SpotClient } from "../spot/client";
import { SpotError, type SpotErrorKind } from "../spot/spot-error";

const CAUSES: Partial<Record<SpotErrorKind, Cause>> = {
  credentials: "auth",
  timeout: "timeout",
  unreachable: "unreachable",
};

/** The groups of the account that have one of these names. */
export async function spotFacts(
  client: SpotClient,
  names: readonly string[],
): Promise<Answer<readonly GroupFleet[]>> {
  try {
    const groups = (await client.groups()).filter(({ name }) => names.includes(name));
    return known(await Promise.all(groups.map((group) => fleetOf(client, group))));
  } catch (error) {
    if (!(error instanceof SpotError)) throw error;
    return unanswered(CAUSES[error.kind] ?? "error", error.message);
  }
}
