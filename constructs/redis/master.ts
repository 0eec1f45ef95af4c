import { Token } from "cdktf";
import { MASTER, ZONE } from "../validation/formats";
import { object, required, type Shape, text } from "../validation/shape";
import { type Validator } from "../validation/validator";
import { ofFormat } from "../validation/value-rules";

/** A master whose availability zone is known. */
export interface MasterInZone {
  /** Its IP or DNS name, with a port if that is not `redis.port`, and IPv6 in brackets. */
  readonly host: string;
  /**
   * Its availability zone, such as us-west-2a. In another AWS account, the zone of this name can be another one: this is the
   * name in the account of the replicas.
   */
  readonly zone: string;
}

const inZone = object<MasterInZone>({ host: required(text()), zone: required(text()) });

/** The shape of an item of `masters`: a text or a `MasterInZone`. */
export const MASTER_SHAPE: Shape = (path, master) =>
  (typeof master === "object" ? inZone : text())(path, master);

/** The masters without their zones. A list that is known only to Terraform has no zones. */
export function hostsOf(masters: (string | MasterInZone)[]): string[] {
  if (Token.isUnresolved(masters)) return masters as string[];
  return masters.map((master) => (typeof master === "string" ? master : master.host));
}

/** The masters that have a zone, each with its place in the list. */
function inZones(masters: (string | MasterInZone)[]): [index: number, master: MasterInZone][] {
  if (Token.isUnresolved(masters)) return [];
  return masters.flatMap((master, index): [number, MasterInZone][] =>
    typeof master === "string" ? [] : [[index, master]],
  );
}

/** Throws if a known value is invalid. */
export function validateMasters(validator: Validator, masters: (string | MasterInZone)[]): void {
  validator.list("masters", hostsOf(masters), MASTER);
  for (const [index, { zone }] of inZones(masters))
    validator.value(["masters", index, "zone"], zone, ofFormat(ZONE));
}

/** The zones of masters, for the settings of an instance; empty if there are none. */
export function renderMasterZones(masters: (string | MasterInZone)[]): string {
  return inZones(masters)
    .map(([, { host, zone }]) => `${host}=${zone}`)
    .join(" ");
}
