import { Token } from "cdktf";
import { type Constraint } from "../validation/constraint";
import { type Format } from "../validation/formats";

/** An attribute of the group's resource. */
export const ATTRIBUTE: Format = {
  pattern: /^[a-z][a-z0-9_]*$/,
  rule: "be the name of an attribute of spotinst_elastigroup_aws such as cpu_credits",
  noun: "attribute",
};

/** What the recovery of a replica rests on, or the zone sync guard: each with what sets it. */
const RECOVERY: ReadonlyMap<string, string> = new Map([
  ["user_data", "the boot script"],
  ["persist_root_device", "`persistence.rootVolume`"],
  ["persist_private_ip", "`persistence.privateIp`"],
  ["persist_block_devices", "`persistence.dataVolume`"],
  ["block_devices_mode", "`dataVolume.mode`"],
  ["availability_zones", "`availabilityZones`"],
  ["subnet_ids", "`availabilityZones`"],
]);

/** What would lose replicas or their data with other values than this package writes. */
const SET_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...RECOVERY,
  ["ebs_block_device", "`rootVolume` and `dataVolume`"],
  ["private_ips", "`privateIps`"],
  ["stateful_deallocation", "`deallocation`"],
  ["update_policy", "`resumePaused`"],
  ["lifecycle", "`ignoreChanges` and `protect`"],
  ...["min_size", "max_size", "desired_capacity"].map((name) => [name, "the number of instances"] as const),
]);

/** What no group of this package has. */
const NEVER_SET: ReadonlyMap<string, string> = new Map([
  ["stateful_instance_action", "every update would repeat it"],
  ["wait_for_capacity", "a timeout taints the group, and the next apply destroys it"],
  ["wait_for_capacity_timeout", "a timeout taints the group, and the next apply destroys it"],
  ...["count", "for_each", "provider", "depends_on", "provisioner", "connection", "dynamic"].map(
    (name) => [name, "it is not an attribute"] as const,
  ),
]);

/** What JSON and state would have in clear text. */
const SECRET = /(^|_)(secret|password|token|access_key|secret_key|private_key)$/;

/** Which attributes `ignoreChanges` may name. */
export function ignoreConstraints(ignored: unknown): Constraint[] {
  if (!Array.isArray(ignored)) return [];
  return ignored.flatMap((name: unknown, index): Constraint[] => {
    const key = typeof name === "string" ? RECOVERY.get(name) : undefined;
    const rule = `name another attribute: a change of ${key} would be lost`;
    return key === undefined ? [] : [{ path: ["ignoreChanges", index], rule, got: name, holds: false }];
  });
}

/** Which attributes `overrides` may set. */
export function overridesConstraints(overrides: object = {}): Constraint[] {
  return Object.entries(overrides).flatMap(([name, value]): Constraint[] => {
    const path = ["overrides", name];
    const rule = reservedRule(name);
    return rule === undefined
      ? partsConstraints(path, value)
      : [{ path, rule, got: name, ofKey: true, holds: false }];
  });
}

function reservedRule(name: string): string | undefined {
  if (!ATTRIBUTE.pattern.test(name)) return ATTRIBUTE.rule;
  if (SECRET.test(name)) return SECRET_RULE;
  const setter = SET_ELSEWHERE.get(name);
  if (setter !== undefined) return `be left out: ${setter} sets it`;
  const reason = NEVER_SET.get(name);
  return reason === undefined ? undefined : `be left out: ${reason}`;
}

const SECRET_RULE = "be left out: the JSON and the state would have the secret in clear text";

function partsConstraints(path: Constraint["path"], value: unknown): Constraint[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => partsConstraints([...path, index], item));
  if (typeof value !== "object" || value === null || Token.isUnresolved(value)) return [];
  if (Object.keys(value).join() === "variable")
    return [{ path, rule: "be a value: a variable cannot stand here", got: value, holds: false }];
  return Object.entries(value).flatMap(([key, each]): Constraint[] => {
    const part = [...path, key];
    const broken = { path: part, got: key, ofKey: true, holds: false };
    if (!ATTRIBUTE.pattern.test(key)) return [{ ...broken, rule: ATTRIBUTE.rule }];
    return SECRET.test(key) ? [{ ...broken, rule: SECRET_RULE }] : partsConstraints(part, each);
  });
}
