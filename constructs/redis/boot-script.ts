import { type IResolvable, type Precondition, Tokenization } from "cdktf";
import { create, type TemplateDelegate } from "handlebars";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { validateSource } from "../access/secret-source";
import { portsConstraints, REDIS_PORT } from "../access/redis-ports";
import { joined, shellWord } from "../terraform/escape";
import { hcl } from "../terraform/hcl";
import {
  ANNOUNCED_HOST,
  BACKLOG_SIZE,
  DIRECTIVE,
  FILE_END,
  HTTP_URL,
  LINE,
  MASTER,
  MODULE,
  REGION,
  SHA256,
  SHELL,
  SIZE,
  USERNAME,
} from "../validation/formats";
import { wordsOf } from "../validation/known-words";
import { NODE_TIMEOUTS, PORTS, REFRESH_MINUTES } from "../validation/limits";
import { validateShapes } from "../validation/shape";
import { ValidationError } from "../validation/validation-error";
import { Validator } from "../validation/validator";
import { ofFormat, oneOf, type ValueRule, within } from "../validation/value-rules";
import { type AgentArchive, inlineProgram } from "./agent-archive";
import { authConstraints, DEFAULT_USERNAME } from "./auth";
import { type BootScriptProps } from "./boot-script-props";
import { DEFAULT_BACKLOG } from "./defaults";
import { Failover } from "./failover";
import { mirrored, validateInstall } from "./install-options";
import { type InstanceFile, instanceFiles, TEMPLATES } from "./instance-files";
import { RedisEngine } from "./redis-engine";
import { RedisInstall, type RedisSource } from "./redis-install";
import { directivesConstraints, type RedisSettings } from "./redis-settings";
import { hostsOf, renderMasterZones, validateMasters } from "./master";
import { placedSources } from "./replicas-secrets";
import { BOOT_SCRIPT_SHAPES } from "./replicas-shapes";
import { agentFile, agentSha256, agentUrl } from "./release";
import { catalogued, featureConstraints, releaseConstraints } from "./server-release";
import { ClientAuth } from "./tls";

/**
 * The script that an instance runs at its first boot and at every replacement. It writes the agent's files and settings,
 * installs Redis if it is missing, and waits until the replica is in sync.
 */
export class BootScript {
  /** The agent's files on the instance. The script adds its settings to them. */
  public static files(): InstanceFile[] {
    return instanceFiles();
  }

  /** The script. Values that are known only to Terraform are tokens in it. */
  public readonly text: string;
  /** The settings in the script, by name. */
  public readonly settings: { [name: string]: string };
  /** The preconditions for values that are known only to Terraform, for the lifecycle of the group that runs the script. */
  public readonly preconditions: Precondition[];

  constructor(props: BootScriptProps) {
    validateShapes(props, BOOT_SCRIPT_SHAPES);
    const redis = props.redis ?? {};
    const { before, after } = props.steps ?? {};
    const validator = new Validator();
    validateMasters(validator, props.masters);
    if (props.shard !== undefined) validator.value("shard", props.shard, ofFormat(MASTER));
    validateRedis(redis, validator);
    const failover = (props.failover ?? Failover.ALLOWED).value;
    validator.value("failover", failover, oneOf<string>(wordsOf(Failover)));
    validateSecrets(props, validator);
    if (before !== undefined) validator.value("bootScript.before", before, SCRIPT);
    if (after !== undefined) validator.value("bootScript.after", after, SCRIPT);
    const { proxy = "", mirror } = props.install ?? {};
    validateInstall(props.install ?? {}, validator);
    const agent: AgentArchive = props.agent ?? {
      url: mirror === undefined ? agentUrl() : mirrored(mirror, agentFile()),
    };
    const { url, sha256 = agentSha256() } = agent;
    validator.value("bootScript.agent.url", url, ofFormat(HTTP_URL));
    validator.value("bootScript.agent.sha256", sha256, ofFormat(SHA256));
    this.preconditions = validator.preconditions;
    this.settings = renderSettings(props, redis);
    this.text = template()({
      settings: Object.entries(this.settings).map(([name, value]) => ({ name, word: shellWord(value) })),
      proxy: proxy === "" ? "" : shellWord(proxy),
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

/** A text with a newline at its end; empty if there is no text. */
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

/** Terraform's regular expressions have no lookahead. */
const SCRIPT: ValueRule<string> = {
  ...ofFormat(SHELL),
  condition: (text) =>
    hcl`can(regex("\\S", ${text})) && !can(regex(${`(^|\n)${FILE_END}\r?(\n|$)`}, ${text}))`,
};

function validateRedis(redis: RedisSettings, validator: Validator): void {
  const { install, port = REDIS_PORT, busPort, maxMemory, backlogSize, modules, directives = {} } = redis;
  const { nodeTimeout, announceHostname } = redis;
  const source = { ...install?.release, engine: redis.engine?._name };
  validator.across([
    ...releaseConstraints(source),
    ...featureConstraints({
      ...source,
      isBuilt: (install?.method ?? "source") === "source",
      busPort,
      announceHostname,
    }),
  ]);
  validator.value("redis.port", port, within(PORTS));
  if (busPort !== undefined) validator.value("redis.busPort", busPort, within(PORTS));
  validator.across(portsConstraints(redis));
  if (maxMemory !== undefined) validator.value("redis.maxMemory", maxMemory, ofFormat(SIZE));
  if (backlogSize !== undefined) validator.value("redis.backlogSize", backlogSize, ofFormat(BACKLOG_SIZE));
  if (nodeTimeout !== undefined) validator.value("redis.nodeTimeout", nodeTimeout, within(NODE_TIMEOUTS));
  if (announceHostname !== undefined)
    validator.value("redis.announceHostname", announceHostname, ofFormat(ANNOUNCED_HOST));
  validator.list("redis.modules", modules, MODULE);
  for (const [directive, value] of Object.entries(directives)) {
    validator.value("redis.directives", directive, ofFormat(DIRECTIVE));
    validator.value(["redis", "directives", directive], value, ofFormat(LINE));
  }
  validator.across(directivesConstraints(directives));
  validator.add(install?._preconditions ?? []);
}

function validateSecrets(props: BootScriptProps, validator: Validator): void {
  const { auth, tls, region } = props;
  if ((auth ?? tls) === undefined) return;
  if (region === undefined) throw new ValidationError("region", "be given with `auth` or `tls`", region);
  validator.value("region", region, ofFormat(REGION));
  for (const [path, source] of placedSources(props)) validateSource(validator, path, source, region);
  if (auth === undefined) return;
  const { username = DEFAULT_USERNAME, refreshMinutes = REFRESH_MINUTES.default } = auth;
  validator.value("auth.username", username, ofFormat(USERNAME));
  validator.value("auth.refreshMinutes", refreshMinutes, within(REFRESH_MINUTES));
  validator.across(authConstraints(auth));
}

function renderSettings(props: BootScriptProps, redis: RedisSettings): { [name: string]: string } {
  const { engine = RedisEngine.REDIS, install = RedisInstall.fromSource() } = redis;
  const { proxy, mirror } = props.install ?? {};
  const release = releaseOf(engine, install, mirror);
  const port = redis.port ?? REDIS_PORT;
  const masterZones = renderMasterZones(props.masters);
  return {
    MASTERS: joined(hostsOf(props.masters), " "),
    ...(masterZones !== "" && { MASTER_ZONES: masterZones }),
    SHARD: props.shard ?? "",
    ...(engine !== RedisEngine.REDIS && { ENGINE: engine.value }),
    INSTALL: install.method,
    VERSION: release?.version ?? "",
    URL: release?.url ?? "",
    SHA256: release?.sha256 ?? "",
    ...(proxy !== undefined && { PROXY: proxy }),
    PACKAGE: install.packageName ?? "",
    PORT: Tokenization.stringifyNumber(port),
    BUS_PORT: redis.busPort === undefined ? "" : Tokenization.stringifyNumber(redis.busPort),
    MAXMEMORY: redis.maxMemory ?? "0",
    FAILOVER: (props.failover ?? Failover.ALLOWED).value,
    BACKLOG: redis.backlogSize ?? DEFAULT_BACKLOG,
    DIRECTIVES: Object.entries(redis.directives ?? {})
      .map(([directive, value]) => `${directive} ${value}`)
      .join("\n"),
    ...(redis.nodeTimeout !== undefined && { NODE_TIMEOUT: Tokenization.stringifyNumber(redis.nodeTimeout) }),
    ...(redis.announceHostname !== undefined && { ANNOUNCE_HOSTNAME: redis.announceHostname }),
    ...(redis.modules !== undefined && { MODULES: joined(redis.modules, "\n") }),
    ...(props.dataVolume !== undefined && { DATA_VOLUME: keptOrFresh(props.dataVolume) }),
    ...renderSecrets(props),
  };
}

/** Where the instance reads its secrets; nothing where it has none. */
function renderSecrets({ auth, tls, region = "" }: BootScriptProps): { [name: string]: string } {
  if ((auth ?? tls) === undefined) return {};
  return {
    ...(auth && {
      AUTH_USER: auth.username ?? DEFAULT_USERNAME,
      AUTH_PASSWORD: auth.password.text,
      ...(auth.aclFile && { ACL_FILE: auth.aclFile.text }),
    }),
    ...(tls && {
      TLS_CA: tls.ca.text,
      TLS_CERT: tls.certificate.text,
      TLS_KEY: tls.key.text,
      TLS_CLIENTS: (tls.clientAuth ?? ClientAuth.REQUIRED).value,
    }),
    REFRESH: Tokenization.stringifyNumber(auth?.refreshMinutes ?? REFRESH_MINUTES.default),
    REGION: region,
  };
}

/** The release to build: with a URL of its own, or that of the catalogue, which may be on a mirror. */
function releaseOf(
  { _name: engine }: RedisEngine,
  { release }: RedisInstall,
  mirror: string | undefined,
): RedisSource | undefined {
  if (release === undefined || release.url !== undefined) return release;
  const known = catalogued(engine, release.version);
  if (known === undefined || mirror === undefined) return known;
  return { ...known, url: mirrored(mirror, `${engine}-${known.version}.tar.gz`) };
}

/** How a replacement gets its data volume. */
function keptOrFresh(isKept: boolean | IResolvable): string {
  if (typeof isKept === "boolean") return isKept ? "kept" : "fresh";
  return hcl`${isKept} ? "kept" : "fresh"`.toString();
}
