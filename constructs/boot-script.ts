import { Token, Tokenization } from "cdktf";
import { create, type TemplateDelegate } from "handlebars";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failover } from "./failover";
import { type InstanceFile, instanceFiles, TEMPLATES } from "./instance-files";
import { RedisInstall } from "./redis-install";
import { type RedisSettings } from "./redis-settings";
import { must, mustBeWithin, mustList, mustMatch } from "./rules";
import { shellWord, wordList } from "./terraform-text";

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
}

/** Directives the instance's own files write, or that would undo what they promise. */
const RESERVED =
  /^(bind|port|tls-port|dir|dbfilename|daemonize|supervised|pidfile|logfile|include|loadmodule|appendonly|appendfsync|save|cluster-.*|replica-announce-.*|replicaof|slaveof|requirepass|masterauth|masteruser|aclfile|user|maxmemory|repl-backlog-size|repl-diskless-load|rdb-del-sync-files|shutdown-on-.*|protected-mode)$/;

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;
const SIZE = /^\d+(b|k|kb|m|mb|g|gb)?$/i;
const FILE_END = "END_OF_FILE";

/**
 * What an instance runs at its first boot and at every replacement: it brings the instance's files and
 * settings, installs Redis where it is missing, and waits until the replica has joined or is back.
 */
export class BootScript {
  /** The files that the script writes beside its settings, as they land on the instance. */
  public static files(): InstanceFile[] {
    return instanceFiles();
  }

  /** The script. Values that only Terraform knows are tokens in it. */
  public readonly text: string;
  /** The settings in it, by name. */
  public readonly settings: { [name: string]: string };

  constructor(props: BootScriptProps) {
    const redis = props.redis ?? {};
    validateMasters(props.masters);
    validateRedis(redis);
    this.settings = renderSettings(props, redis);
    const files = BootScript.files();
    const unfit = files.find(({ content }) => content.includes(`\n${FILE_END}`) || !content.endsWith("\n"));
    if (unfit) throw new Error(`${unfit.path} cannot be carried in a here-document`);
    this.text = template()({
      settings: Object.entries(this.settings).map(([name, value]) => ({ name, word: shellWord(value) })),
      files,
      end: FILE_END,
    });
  }
}

let compiled: TemplateDelegate | undefined;

function template(): TemplateDelegate {
  compiled ??= create().compile(readFileSync(join(TEMPLATES, "user-data.sh.hbs"), "utf8"), {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
  });
  return compiled;
}

function validateMasters(masters: string[]): void {
  if (Token.isUnresolved(masters)) return;
  mustList("masters", masters, "master");
  for (const master of masters) {
    mustMatch("masters", master, HOST, "list IPs or DNS names without a port (`redis.port` holds for all)");
  }
}

function validateRedis(redis: RedisSettings): void {
  mustBeWithin("redis.port", redis.port ?? 6379, 1, 65535);
  if (redis.busPort === undefined)
    must("redis.port", "be at most 55535 unless `busPort` is given", redis.port, (redis.port ?? 0) <= 55535);
  else mustBeWithin("redis.busPort", redis.busPort, 1, 65535);
  for (const prop of ["maxMemory", "backlogSize"] as const) {
    const size = redis[prop];
    if (size !== undefined) mustMatch(`redis.${prop}`, size, SIZE, "be a size such as 512mb or 12gb");
  }
  for (const [directive, value] of Object.entries(redis.directives ?? {})) {
    mustMatch("redis.directives", directive, /^[a-z][a-z-]*$/, "name directives of redis.conf");
    must(
      "redis.directives",
      "leave alone what this package sets itself",
      directive,
      !RESERVED.test(directive),
    );
    mustMatch(`redis.directives.${directive}`, value, /^[^\r\n]+$/, "be one line");
  }
}

function renderSettings(props: BootScriptProps, redis: RedisSettings): { [name: string]: string } {
  const install = redis.install ?? RedisInstall.source();
  const port = redis.port ?? 6379;
  return {
    MASTERS: wordList(props.masters),
    INSTALL: install.method,
    VERSION: install.release?.version ?? "",
    URL: install.release?.url ?? "",
    SHA256: install.release?.sha256 ?? "",
    PACKAGE: install.packageName ?? "",
    PORT: Tokenization.stringifyNumber(port),
    BUS_PORT: redis.busPort === undefined ? "" : Tokenization.stringifyNumber(redis.busPort),
    MAXMEMORY: redis.maxMemory ?? "0",
    FAILOVER: (props.failover ?? Failover.ALLOWED).value,
    BACKLOG: redis.backlogSize ?? "128mb",
    DIRECTIVES: Object.entries(redis.directives ?? {})
      .map(([directive, value]) => `${directive} ${value}`)
      .join("\n"),
  };
}
