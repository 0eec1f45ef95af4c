import { GROUP, isGroup } from "./group";
import { type ResourceChange } from "./terraform-plan";

/** The resource of `StatefulElastigroup` that records the zones of the last update, beside the group. */
const TYPE = "terraform_data";
const ID = "zones-sent";

/** The name that cdktf gives a resource: the path of the construct, and a hash of it. */
const NAME = /^(.+)_[0-9A-F]{8}$/;

/** Tells the resources that the constructs keep for a group of the plan from those of users. */
export function internalResourcesOf(
  changes: readonly ResourceChange[],
): (change: Pick<ResourceChange, "address" | "type">) => boolean {
  const addresses = changes
    .filter(isGroup)
    .flatMap(({ address, previous_address: previous }) => [address, ...(previous ? [previous] : [])]);
  const places = addresses.flatMap((address) => placeOf(address, GROUP) ?? []);
  const expected = new Set(places.map((place) => `${place}_${ID}`));
  return ({ address, type }) => type === TYPE && expected.has(placeOf(address, TYPE) ?? "");
}

/** A resource's module and path, without type, hash and index; undefined where cdktf did not name it. */
function placeOf(address: string, type: string): string | undefined {
  const plain = address.replace(/\[[^[\]]*\]$/, "");
  const start = plain.lastIndexOf(`${type}.`);
  const path = start < 0 ? undefined : NAME.exec(plain.slice(start + type.length + 1))?.[1];
  return path && `${plain.slice(0, start)}${path}`;
}
