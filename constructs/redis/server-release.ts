import { Token } from "cdktf";
import { type Constraint } from "../validation/constraint";
import { type EngineName } from "./redis-engine";
import { CHECKSUMS } from "./server-checksums";

/** A release of a server, with all that pins it. */
export interface ServerRelease {
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
}

/**
 * The releases that are built by default. Each is one that most clusters of its engine can be followed with: a newer
 * server follows silently, and its masters cannot follow it once it is promoted.
 */
export const DEFAULT_VERSIONS: Readonly<Record<EngineName, string>> = { redis: "7.2.15", valkey: "8.1.9" };

/** The engines' own names. */
export const ENGINE_LABELS: Readonly<Record<EngineName, string>> = { redis: "Redis", valkey: "Valkey" };

/** The URL of a release's source, on the engine's own site. */
export function sourceUrl(engine: EngineName, version: string): string {
  return engine === "valkey"
    ? `https://github.com/valkey-io/valkey/archive/refs/tags/${version}.tar.gz`
    : `https://download.redis.io/releases/redis-${version}.tar.gz`;
}

/** A release of the catalogue. */
export function catalogued(
  engine: EngineName,
  version = DEFAULT_VERSIONS[engine],
): ServerRelease | undefined {
  const sha256 = new Map(Object.entries(CHECKSUMS[engine])).get(version);
  return sha256 === undefined ? undefined : { version, url: sourceUrl(engine, version), sha256 };
}

/** The parts of a release as plain values. */
export interface PlainSource {
  readonly engine?: EngineName;
  readonly version?: unknown;
  readonly url?: unknown;
  readonly sha256?: unknown;
}

/** What pins a release. */
export const PINS = ["version", "url", "sha256"] as const;

/** A release is one of the catalogue, or has a URL and a checksum of its own. */
export function releaseConstraints({ engine = "redis", ...source }: PlainSource): Constraint[] {
  const { version, url, sha256 } = source;
  const given = PINS.filter((pin) => source[pin] !== undefined);
  if (url !== undefined || sha256 !== undefined) {
    return PINS.filter((pin) => source[pin] === undefined).map((pin) => ({
      path: ["redis", pin],
      rule: `be given together with ${given.map((each) => `\`${each}\``).join(" and ")}`,
      holds: false,
    }));
  }
  if (typeof version !== "string") return [];
  const rule = Token.isUnresolved(version)
    ? "be known before Terraform runs"
    : `be a release of ${ENGINE_LABELS[engine]} that this package knows, such as ${nearest(engine, version)},`;
  return [
    {
      path: ["redis", "version"],
      rule: `${rule} unless \`url\` and \`sha256\` are given`,
      got: Token.isUnresolved(version) ? "a token" : version,
      holds: catalogued(engine, version) !== undefined,
    },
  ];
}

/** The settings that Redis has from a release on. */
const SINCE = { busPort: "7.0.0", announceHostname: "7.0.0" } as const;

/** Settings that the release must have. */
export function featureConstraints({
  engine = "redis",
  version = DEFAULT_VERSIONS[engine],
  isBuilt,
  ...settings
}: PlainSource & {
  /** Whether the release is built, and so known. */
  readonly isBuilt: boolean;
  readonly busPort?: unknown;
  readonly announceHostname?: unknown;
}): Constraint[] {
  if (engine !== "redis" || !isBuilt || typeof version !== "string" || Token.isUnresolved(version)) return [];
  return (Object.keys(SINCE) as (keyof typeof SINCE)[]).map((setting) => ({
    path: ["redis", setting],
    rule: `be left out with Redis ${version}, which does not have it: that begins with ${SINCE[setting]}`,
    got: settings[setting],
    holds: settings[setting] === undefined || placeOf(version) >= placeOf(SINCE[setting]),
  }));
}

/** The three releases of the catalogue that are next to a version, in their order. */
function nearest(engine: EngineName, version: string): string {
  const place = placeOf(version);
  const [first, second, third] = Object.keys(CHECKSUMS[engine])
    .sort((a, b) => Math.abs(placeOf(a) - place) - Math.abs(placeOf(b) - place))
    .slice(0, 3)
    .sort((a, b) => placeOf(a) - placeOf(b));
  return `${first}, ${second} or ${third}`;
}

/** A number that orders versions: each of their parts is below 1000. */
function placeOf(version: string): number {
  return version.split(".").reduce((place, part) => place * 1000 + Number(part), 0);
}
