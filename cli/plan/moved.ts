import { type ResourceChange } from "./terraform-plan";

/** A group that the plan destroys at one address and creates at another. */
export interface Moved {
  readonly from: string;
  readonly to: string;
}

/** Pairs the groups that a plan destroys with those that it creates, by their name at Spot. */
export function missingMoves(groups: readonly ResourceChange[]): Moved[] {
  const destroyed = groups.filter(({ change, deposed }) => isOnly(change.actions, "delete") && !deposed);
  const created = groups.filter(({ change }) => isOnly(change.actions, "create") && !change.importing);
  const byName = new Map<unknown, ResourceChange[]>();
  for (const group of [...created].reverse()) {
    const name = group.change.after?.["name"];
    const others = byName.get(name);
    if (others) others.push(group);
    else byName.set(name, [group]);
  }
  const paired = destroyed.flatMap(({ address, change }) => {
    const to = byName.get(change.before?.["name"])?.pop();
    return to ? [{ from: address, to: to.address }] : [];
  });
  if (paired.length > 0 || destroyed.length !== 1 || created.length !== 1) return paired;
  // The name changed too.
  return [{ from: destroyed[0]!.address, to: created[0]!.address }];
}

/** The block that keeps the group, for a `.tf` file of the root module. */
export function movedBlock({ from, to }: Moved): string {
  return `moved {\n  from = ${from}\n  to   = ${to}\n}\n`;
}

function isOnly(actions: readonly string[], action: string): boolean {
  return actions.length === 1 && actions[0] === action;
}
