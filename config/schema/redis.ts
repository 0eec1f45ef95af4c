import * as z from "zod";
import {
  ANNOUNCED_HOST,
  ARCHIVE_URL,
  BACKLOG_SIZE,
  DIRECTIVE,
  LINE,
  MODULE,
  PACKAGE,
  RELEASE,
  SHA256,
  SIZE,
} from "../../constructs/validation/formats";
import { BUS_OFFSET, HIGHEST_PORT, REDIS_PORT } from "../../constructs/access/redis-ports";
import { type EngineName, ENGINES } from "../../constructs/redis/redis-engine";
import { CHECKSUMS } from "../../constructs/redis/server-checksums";
import { DEFAULT_VERSIONS } from "../../constructs/redis/server-release";
import { DEFAULT_BACKLOG } from "../../constructs/redis/defaults";
import { NODE_TIMEOUTS, PORTS } from "../../constructs/validation/limits";
import { list, oneOf, text, whole } from "./values";

const directive = z.union([text(LINE), z.int().transform(String)], {
  error: "be one line of text or a whole number",
});

function known(engine: EngineName): string {
  return Object.keys(CHECKSUMS[engine]).join(", ");
}

export const redis = z.strictObject(
  {
    engine: oneOf(ENGINES).optional().meta({
      description: "The server that each replica runs.",
      default: "redis",
    }),
    install: oneOf(["source", "package", "image"]).optional().meta({
      description:
        "How the server gets onto an instance. `source`: built from a pinned release. `package`: the distribution's package. `image`: already in the image.",
      default: "source",
    }),
    version: text(RELEASE)
      .optional()
      .meta({
        description: `The release to build, not older than the masters': one that this package knows, or any with \`url\` and \`sha256\`. Known are Redis ${known("redis")}, and Valkey ${known("valkey")}, of which ${DEFAULT_VERSIONS.valkey} is the default.`,
        default: DEFAULT_VERSIONS.redis,
      }),
    url: text(ARCHIVE_URL)
      .optional()
      .meta({ description: "Where that release is downloaded; by default, from the engine's own site." }),
    sha256: text(SHA256).optional().meta({
      description:
        "The SHA-256 of that download; by default, of the release that this package knows. Another file is refused on the instance.",
    }),
    package: text(PACKAGE)
      .optional()
      .meta({
        description: "The distribution's package, only with `install: package`; by default, its usual one.",
        examples: ["redis6"],
      }),
    port: whole(PORTS.least, PORTS.most)
      .optional()
      .meta({
        description: `The port for clients and replication, the same as the masters'. At most ${HIGHEST_PORT} without \`busPort\`.`,
        default: REDIS_PORT,
      }),
    busPort: whole(PORTS.least, PORTS.most)
      .optional()
      .meta({
        description: `The port of the cluster bus. It must differ from \`port\`; by default, \`port\` + ${BUS_OFFSET}.`,
      }),
    maxMemory: text(SIZE)
      .optional()
      .meta({
        description: "`maxmemory`; by default, no limit. It takes effect only after a replica is promoted.",
        examples: ["12gb"],
      }),
    backlogSize: text(BACKLOG_SIZE).optional().meta({
      description: "`repl-backlog-size`: what a promoted replica can send again without a full resync.",
      default: DEFAULT_BACKLOG,
    }),
    nodeTimeout: whole(NODE_TIMEOUTS.least, NODE_TIMEOUTS.most)
      .optional()
      .meta({
        description:
          "`cluster-node-timeout` in milliseconds; by default, the median of what the masters have. All nodes of a cluster should have the same.",
        examples: [15000],
      }),
    announceHostname: text(ANNOUNCED_HOST)
      .optional()
      .meta({
        description:
          "`cluster-announce-hostname`, from Redis 7.0 on; by default, none. In `{private-ip}`, dashes stand for the dots.",
        examples: ["ip-{private-ip}.us-west-2.compute.internal"],
      }),
    modules: list(text(MODULE), MODULE.noun)
      .optional()
      .meta({
        description:
          "Modules to load, which the image must have: each as behind `loadmodule` in redis.conf. A replica needs all modules of its master.",
        examples: [["/usr/lib/redis/modules/redisbloom.so"]],
      }),
    directives: z
      .record(text(DIRECTIVE), directive, {
        error: "be a map from directives of redis.conf to their values",
      })
      .optional()
      .meta({
        description:
          "Further lines of redis.conf. Those that this package sets itself or relies on are refused.",
        examples: [{ hz: "50" }],
      }),
  },
  { error: "be a map with settings of Redis" },
);
