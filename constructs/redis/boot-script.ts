import { type IResolvable, type Precondition, Tokenization } from "cdktf";
import { create, type TemplateDelegate } from "handlebars";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { portsConstraints, REDIS_PORT } from "../access/redis-ports";
import { shellWord, wordList } from "../terraform/escape";
import { hcl } from "../terraform/hcl";
import {
  BACKLOG_SIZE,
  DIRECTIVE,
  FILE_END,
  HOST,
  HTTP_URL,
  LINE,
  SHA256,
  SHELL,
  SIZE,
} from "../validation/formats";
import { wordsOf } from "../validation/known-words";
import { PORTS } from "../validation/limits";
import { validateShapes } from "../validation/shape";
import { Validator } from "../validation/validator";
import { ofFormat, oneOf, type ValueRule, within } from "../validation/value-rules";
import { type AgentArchive, inlineProgram } from "./agent-archive";
import { DEFAULT_BACKLOG } from "./defaults";
import { Failover } from "./failover";
import { type InstanceFile, instanceFiles, TEMPLATES } from "./instance-files";
import { RedisInstall } from "./redis-install";
import { directivesConstraints, type RedisSettings } from "./redis-settings";
import { BOOT_SCRIPT_SHAPES } from "./replicas-shapes";
import { agentSha256, agentUrl } from "./release";

export interface BootScriptProps {
  /**
   * The cluster's on-demand masters: IPs or DNS names without a port. One is enough to find the others;
   * more are safer, for one of them must answer when a first instance boots.
   */
  readonly masters: string[];
  /**
   * The Redis server of each replica.
   * @default - Redis 7.2.15 built from source, on port 6379
   */
  readonly redis?: RedisSettings;
  /**
   * Whether a replica may be promoted when its master fails.
   * @default Failover.ALLOWED
   */
  readonly failover?: Failover;
  /**
   * A node of the shard that all of these replicas belong to, its master at best: IP or DNS name.
   * @default - they spread evenly over all shards
   */
  readonly shard?: string;
  /**
   * Whether a replacement takes over the data volume that the instances have for Redis's data beside the root.
   * @default - there is no data volume
   */
  readonly dataVolume?: boolean | IResolvable;
  /**
   * Shell of one's own, before and after this package's.
   * @default - none
   */
  readonly steps?: BootSteps;
  /**
   * Where instances download the agent, which is too large for user data.
   * @default - from the release of this version, in the repository of this package
   */
  readonly agent?: AgentArchive;
}

/**
 * Shell of one's own, run by bash as root with `set -Eeuo pipefail`, at the first boot and at every
 * replacement. It is part of the user data, which EC2 limits and everybody on the instance can read.
 */
export interface BootSteps {
  /**
   * What runs before the instance's files are written and Redis is installed. Where it fails, the boot script
   * ends with its status: a new instance does not join; one that was a replica goes on as it is.
   * @default - nothing
   */
  readonly before?: string;
  /**
   * What runs once the replica has joined, or after ten minutes of trying; not where a person must decide
   * first. Where it fails, the boot script says so and ends as it would have without it: the replica stays.
   * @default - nothing
   */
  readonly after?: string;
}

/** What users may change of the boot script. */
export interface BootOptions extends BootSteps {
  /**
   * Where instances download the agent, which is too large for user data.
   * @default - from the release of this version, in the repository of this package
   */
  readonly agent?: AgentArchive;
}

/**
 * What an instance runs at its first boot and at every replacement: it brings the instance's files and
 * settings, installs Redis where it is missing, and waits until the replica has joined or is back.
 */
export class BootScript {
  /** The agent's files as they land on the instance; the script adds its settings to them. */
  public static files(): InstanceFile[] {
    return instanceFiles();
  }

  /** The script. Values that only Terraform knows are tokens in it. */
  public readonly text: string;
  /** The settings in it, by name. */
  public readonly settings: { [name: string]: string };
  /** The rules for values that only Terraform knows: for the lifecycle of the group that runs the script. */
  public readonly preconditions: Precondition[];

  constructor(props: BootScriptProps) {
    validateShapes(props, BOOT_SCRIPT_SHAPES);
    const redis = props.redis ?? {};
    const { before, after } = props.steps ?? {};
    const validator = new Validator();
    validator.list("masters", props.masters, HOST);
    if (props.shard !== undefined) validator.value("shard", props.shard, ofFormat(HOST));
    validateRedis(redis, validator);
    const failover = (props.failover ?? Failover.ALLOWED).value;
    validator.value("failover", failover, oneOf<string>(wordsOf(Failover)));
    if (before !== undefined) validator.value("bootScript.before", before, SCRIPT);
    if (after !== undefined) validator.value("bootScript.after", after, SCRIPT);
    const agent: AgentArchive = props.agent ?? { url: agentUrl() };
    const { url, sha256 = agentSha256() } = agent;
    validator.value("bootScript.agent.url", url, ofFormat(HTTP_URL));
    validator.value("bootScript.agent.sha256", sha256, ofFormat(SHA256));
    this.preconditions = validator.preconditions;
    this.settings = renderSettings(props, redis);
    this.text = template()({
      settings: Object.entries(this.settings).map(([name, value]) => ({ name, word: shellWord(value) })),
      url: shellWord(url),
      sha256: shellWord(sha256),
      download: inlineProgram("download"),
      unpack: inlineProgram("unpack"),
      end: FILE_END,
      before: ended(before),
      after: ended(after),
    });
  }
}

/** A text whose last line has an end; nothing for none. */
function ended(text = ""): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

let compiled: TemplateDelegate | undefined;

function template(): TemplateDelegate {
  return (compiled ??= create().compile<unknown>(readFileSync(join(TEMPLATES, "user-data.sh.hbs"), "utf8"), {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  }));
}

/** Terraform's patterns cannot look ahead. */
const SCRIPT: ValueRule<string> = {
  ...ofFormat(SHELL),
  condition: (text) =>
    hcl`can(regex("\\S", ${text})) && !can(regex(${`(^|\n)${FILE_END}\r?(\n|$)`}, ${text}))`,
};

function validateRedis(redis: RedisSettings, validator: Validator): void {
  const { install, port = REDIS_PORT, busPort, maxMemory, backlogSize, directives = {} } = redis;
  validator.value("redis.port", port, within(PORTS));
  if (busPort !== undefined) validator.value("redis.busPort", busPort, within(PORTS));
  validator.across(portsConstraints(redis));
  if (maxMemory !== undefined) validator.value("redis.maxMemory", maxMemory, ofFormat(SIZE));
  if (backlogSize !== undefined) validator.value("redis.backlogSize", backlogSize, ofFormat(BACKLOG_SIZE));
  for (const [directive, value] of Object.entries(directives)) {
    validator.value("redis.directives", directive, ofFormat(DIRECTIVE));
    validator.value(["redis", "directives", directive], value, ofFormat(LINE));
  }
  validator.across(directivesConstraints(directives));
  validator.add(install?._preconditions ?? []);
}

function renderSettings(props: BootScriptProps, redis: RedisSettings): { [name: string]: string } {
  const install = redis.install ?? RedisInstall.source();
  const port = redis.port ?? REDIS_PORT;
  return {
    MASTERS: wordList(props.masters),
    SHARD: props.shard ?? "",
    INSTALL: install.method,
    VERSION: install.release?.version ?? "",
    URL: install.release?.url ?? "",
    SHA256: install.release?.sha256 ?? "",
    PACKAGE: install.packageName ?? "",
    PORT: Tokenization.stringifyNumber(port),
    BUS_PORT: redis.busPort === undefined ? "" : Tokenization.stringifyNumber(redis.busPort),
    MAXMEMORY: redis.maxMemory ?? "0",
    FAILOVER: (props.failover ?? Failover.ALLOWED).value,
    BACKLOG: redis.backlogSize ?? DEFAULT_BACKLOG,
    DIRECTIVES: Object.entries(redis.directives ?? {})
      .map(([directive, value]) => `${directive} ${value}`)
      .join("\n"),
    ...(props.dataVolume !== undefined && { DATA_VOLUME: keptOrFresh(props.dataVolume) }),
  };
}

/** What becomes of the data volume at a replacement. */
function keptOrFresh(isKept: boolean | IResolvable): string {
  if (typeof isKept === "boolean") return isKept ? "kept" : "fresh";
  return hcl`${isKept} ? "kept" : "fresh"`.toString();
}
