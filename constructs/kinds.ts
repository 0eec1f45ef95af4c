/** A kind of text: what it looks like, and how a message says so after "must". */
export interface Kind {
  readonly pattern: RegExp;
  readonly rule: string;
  /** In a list: what one item is called. */
  readonly noun: string;
}

export const HOST: Kind = {
  pattern: /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
  rule: "be an IP or DNS name without a port (`redis.port` holds for all)",
  noun: "master",
};

export const NAME: Kind = {
  pattern: /^\S(.{0,253}\S)?$/,
  rule: "be 1 to 255 characters without blanks at its ends",
  noun: "name",
};

export const IMAGE: Kind = {
  pattern: /^ami-[0-9a-f]+$/,
  rule: "be an image id such as ami-0123456789abcdef0",
  noun: "image",
};

export const INSTANCE_TYPE: Kind = {
  pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  rule: "be an instance type such as r6i.large",
  noun: "instance type",
};

export const SECURITY_GROUP: Kind = {
  pattern: /^sg-[0-9a-f]+$/,
  rule: "be a security group id such as sg-0123456789abcdef0",
  noun: "security group",
};

export const ZONE: Kind = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d[a-z]([a-z0-9-]*)$/,
  rule: "be an availability zone such as us-west-2a",
  noun: "zone",
};

export const SUBNET: Kind = {
  pattern: /^subnet-[0-9a-f]+$/,
  rule: "be a subnet id such as subnet-0a1b2c3d4e5f60001",
  noun: "subnet",
};

export const KEY_PAIR: Kind = {
  pattern: /^\S(.{0,253}\S)?$/,
  rule: "be the name of an EC2 key pair",
  noun: "key pair",
};

export const INSTANCE_PROFILE: Kind = {
  pattern: /^(arn:aws[a-z-]*:iam::\d{12}:instance-profile\/\S+|[A-Za-z0-9+=,.@_-]{1,128})$/,
  rule: "be the name or ARN of an instance profile",
  noun: "instance profile",
};

export const REGION: Kind = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  rule: "be an AWS region such as us-west-2",
  noun: "region",
};

export const ACCOUNT: Kind = {
  pattern: /^act-[0-9a-f]{8}$/,
  rule: "be a Spot account such as act-1a2b3c4d",
  noun: "account",
};

export const WINDOW: Kind = {
  pattern:
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d-(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d$/,
  rule: "be a window such as Sun:03:00-Sun:05:00 (UTC)",
  noun: "window",
};

export const RELEASE: Kind = {
  pattern: /^\d+\.\d+\.\d+$/,
  rule: "be a release such as 7.2.15",
  noun: "release",
};

export const ARCHIVE_URL: Kind = {
  pattern: /^https?:\/\/\S+\.tar\.gz$/,
  rule: "be the URL of a .tar.gz",
  noun: "URL",
};

export const SHA256: Kind = {
  pattern: /^[0-9a-f]{64}$/,
  rule: "be 64 digits of lower-case hex",
  noun: "checksum",
};

export const PACKAGE: Kind = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9+._:-]*$/,
  rule: "be the name of a package",
  noun: "package",
};

export const SIZE: Kind = {
  pattern: /^\d+(b|k|kb|m|mb|g|gb)?$/i,
  rule: "be a size such as 512mb or 12gb",
  noun: "size",
};

export const DIRECTIVE: Kind = {
  pattern: /^[a-z][a-z-]*$/,
  rule: "name a directive of redis.conf",
  noun: "directive",
};

export const LINE: Kind = { pattern: /^[^\r\n]+$/, rule: "be one line", noun: "line" };

/** Directives that the instance's own files write, or that would undo what they promise. */
export const RESERVED_DIRECTIVES =
  /^(bind|port|tls-port|dir|dbfilename|daemonize|supervised|pidfile|logfile|include|loadmodule|appendonly|appendfsync|save|cluster-.*|replica-announce-.*|replicaof|slaveof|requirepass|masterauth|masteruser|aclfile|user|maxmemory|repl-backlog-size|repl-diskless-load|rdb-del-sync-files|shutdown-on-.*|protected-mode)$/;

/** Replicas in all: what Spot and this package take as a group's capacity. */
export const REPLICAS = { least: 1, most: 1000 };

/** How a message says that a number is outside its range. */
export function withinRule(least: number, most: number, unit = ""): string {
  return `be a whole number from ${least} to ${most}${unit}`;
}

/** How a message says that a list is empty. */
export function someRule(noun: string): string {
  return `name at least one ${noun}`;
}

/** How a message says that an item is in a list twice. */
export function onceRule(noun: string): string {
  return `name each ${noun} once`;
}
