import { type ResourceChange } from "./terraform-plan";

/** A group that the plan takes for two: gone at one address, new at another. */
export interface Moved {
  readonly from: string;
  readonly to: string;
}

/** Pairs the groups that a plan destroys with those that it creates, by their name at Spot. */
export function forgottenMoves(groups: readonly ResourceChange[]): Moved[] {
  const gone = groups.filter(({ change, deposed }) => isOnly(change.actions, "delete") && !deposed);
  const fresh = groups.filter(({ change }) => isOnly(change.actions, "create") && !change.importing);
  const byName = new Map<unknown, ResourceChange[]>();
  for (const group of [...fresh].reverse()) {
    const name = group.change.after?.["name"];
    const others = byName.get(name);
    if (others) others.push(group);
    else byName.set(name, [group]);
  }
  const paired = gone.flatMap(({ address, change }) => {
    const to = byName.get(change.before?.["name"])?.pop();
    return to ? [{ from: address, to: to.address }] : [];
  });
  if (paired.length > 0 || gone.length !== 1 || fresh.length !== 1) return paired;
  // Renamed in the same breath.
  return [{ from: gone[0]!.address, to: fresh[0]!.address }];
}

/** The block that keeps the group, for a `.tf` file of the root module. */
export function movedBlock({ from, to }: Moved): string {
  return `moved {\n  from = ${from}\n  to   = ${to}\n}\n`;
}

function isOnly(actions: readonly string[], action: string): boolean {
  return actions.length === 1 && actions[0] === action;
}
