/** A format of text: its pattern, and its rule in messages after "must". */
export interface Format {
  readonly pattern: RegExp;
  readonly rule: string;
  /** The name of one item, in messages about lists. */
  readonly noun: string;
  /** For a text that does not match: the text that was probably meant. */
  readonly meant?: (text: string) => string | undefined;
}

/** An IPv4 address, or a DNS name. The last label of a name has a letter. So 10.0.1.999 is neither a name nor an IP. */
const HOST =
  /((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)|([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*([A-Za-z0-9][A-Za-z0-9-]*)?[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?/;

/** The groups of an IPv6 address, and the places of `::` in it. */
const GROUP = "[0-9A-Fa-f]{1,4}";
const IPV6 = [
  `(${GROUP}:){7}${GROUP}`,
  ...[1, 2, 3, 4, 5, 6].map((after) => `(${GROUP}:){1,${7 - after}}(:${GROUP}){1,${after}}`),
  `(${GROUP}:){1,7}:`,
  `:((:${GROUP}){1,7}|:)`,
].join("|");

/** 1 to 65535. */
const PORT = "([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";

export const MASTER: Format = {
  pattern: new RegExp(`^(${HOST.source}|\\[(${IPV6})\\])(:${PORT})?$`),
  rule: "be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380",
  noun: "master",
};

export const NAME: Format = {
  pattern: /^\S(.{0,253}\S)?$/,
  rule: "be 1 to 255 characters without blanks at its ends",
  noun: "name",
};

export const IMAGE: Format = {
  pattern: /^ami-[0-9a-f]+$/,
  rule: "be an image id such as ami-0123456789abcdef0",
  noun: "image",
};

export const INSTANCE_TYPE: Format = {
  pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  rule: "be an instance type such as r6i.large",
  noun: "instance type",
};

/** As in Spot's documentation: `a`, `m`. Names of one family, such as `r5a`, are also allowed. */
export const INSTANCE_FAMILY: Format = {
  pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
  rule: "be a family of instance types such as t or r5a",
  noun: "family",
};

export const GENERATION: Format = {
  pattern: /^\d{1,2}$/,
  rule: "be a generation of instance types such as 1",
  noun: "generation",
};

export const PLACEMENT_GROUP: Format = {
  pattern: /^[^\s:]{1,255}$/,
  rule: "be the name of a placement group, without blanks and colons",
  noun: "placement group",
};

export const TARGET_GROUP: Format = {
  pattern: /^arn:aws:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[^/\s]+\/\S+$/,
  rule: "be the ARN of a target group in the partition aws (Spot's provider takes no other)",
  noun: "target group",
};

export const HOSTED_ZONE: Format = {
  pattern: /^Z[A-Z0-9]{1,31}$/,
  rule: "be the id of a hosted zone such as Z0123456789ABCDEFGHIJ",
  noun: "hosted zone",
};

export const RECORD_SET: Format = {
  pattern: /^(\*\.)?[A-Za-z0-9_]([A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?$/,
  rule: "be the name of a DNS record such as replicas.example.com",
  noun: "record set",
};

export const IPV4: Format = {
  pattern: /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/,
  rule: "be an IPv4 address such as 10.0.1.21",
  noun: "address",
};

export const DEVICE: Format = {
  pattern: /^\/dev\/(xvd[a-z]{1,2}|sd[a-z](1?\d)?)$/,
  rule: "be a device such as /dev/xvda or /dev/sdf",
  noun: "device",
};

export const KMS_KEY: Format = {
  pattern:
    /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/\S+|alias\/\S+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
  rule: "be the id, alias or ARN of a KMS key",
  noun: "KMS key",
};

/** Any type, for EC2 has more of them over time. */
export const VOLUME_TYPE: Format = {
  pattern: /^[a-z][a-z0-9]*$/,
  rule: "be a type of EBS volumes in lower case, such as gp3",
  noun: "volume type",
};

export const SNAPSHOT: Format = {
  pattern: /^snap-[0-9a-f]+$/,
  rule: "be a snapshot id such as snap-0123456789abcdef0",
  noun: "snapshot",
};

export const GROUP_ID: Format = {
  pattern: /^sig-[0-9a-f]{8}$/,
  rule: "be the id of an Elastigroup such as sig-1a2b3c4d",
  noun: "group",
};

export const SHARD: Format = {
  pattern: /^[a-z][a-z0-9-]{0,39}$/,
  rule: "be 1 to 40 lower-case letters, digits and dashes, and begin with a letter",
  noun: "shard",
};

/** The line that ends a file in the user data. */
export const FILE_END = "END_OF_FILE";

export const SHELL: Format = {
  pattern: new RegExp(`^(?![\\s\\S]*(^|\\n)${FILE_END}\\r?(\\n|$))[\\s\\S]*\\S[\\s\\S]*$`),
  rule: `be lines of shell, none of them ${FILE_END}`,
  noun: "script",
};

export const SECURITY_GROUP: Format = {
  pattern: /^sg-[0-9a-f]+$/,
  rule: "be a security group id such as sg-0123456789abcdef0",
  noun: "security group",
};

export const VPC: Format = {
  pattern: /^vpc-[0-9a-f]+$/,
  rule: "be a VPC id such as vpc-0123456789abcdef0",
  noun: "VPC",
};

export const PREFIX_LIST: Format = {
  pattern: /^pl-[0-9a-f]+$/,
  rule: "be a prefix list id such as pl-0123456789abcdef0",
  noun: "prefix list",
};

/** A complete ARN without wildcards, so that the policy allows only this secret. */
export const SECRET_ARN: Format = {
  pattern:
    /^arn:aws[a-z-]*:secretsmanager:[a-z]{2}(-[a-z]+)+-\d:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/,
  rule: "be a secret's whole ARN with its last six characters, such as arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3",
  noun: "secret",
};

export const PARAMETER_ARN: Format = {
  pattern: /^arn:aws[a-z-]*:ssm:[a-z]{2}(-[a-z]+)+-\d:\d{12}:parameter\/[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/,
  rule: "be a parameter's ARN such as arn:aws:ssm:us-west-2:123456789012:parameter/redis/password",
  noun: "parameter",
};

/** A name of Parameter Store, or a whole ARN. A name with levels begins with a slash. */
export const PARAMETER: Format = {
  pattern: new RegExp(`${PARAMETER_ARN.pattern.source}|^[A-Za-z0-9_.-]+$|^(/[A-Za-z0-9_.-]+)+$`),
  rule: "be the name or ARN of a parameter, such as /redis/password",
  noun: "parameter",
};

/** A field of a secret that is JSON. */
export const SECRET_KEY: Format = {
  pattern: /^[A-Za-z0-9_.-]{1,128}$/,
  rule: "be a key of the secret's JSON: 1 to 128 letters, digits or characters of _.-",
  noun: "key",
};

export const FILE_PATH: Format = {
  pattern: /^(\/[A-Za-z0-9_.@+=,:-]+)+$/,
  rule: "be the absolute path of a file, such as /etc/ssl/redis.pem",
  noun: "file",
};

/** A user of Redis's access control lists. */
export const USERNAME: Format = {
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/,
  rule: "be a user's name: 1 to 64 letters, digits or characters of _.@-",
  noun: "user",
};

export const KEY_ARN: Format = {
  pattern: /^arn:aws[a-z-]*:kms:[a-z]{2}(-[a-z]+)+-\d:\d{12}:key\/[0-9a-z-]+$/,
  rule: "be a key's ARN (of the key, not an alias), such as arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
  noun: "key",
};

export const ROLE_NAME: Format = {
  pattern: /^[A-Za-z0-9+=,.@_-]{1,64}$/,
  rule: "be 1 to 64 letters, digits or characters of +=,.@_-",
  noun: "role",
};

/** A zone of a region, or a local or wavelength zone, such as us-west-2-lax-1a and us-east-1-wl1-bos-wlz-1. */
export const ZONE: Format = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d([a-z]|-[a-z]+-\d[a-z]|-wl\d-[a-z]+-wlz-\d)$/,
  rule: "be an availability zone such as us-west-2a",
  noun: "zone",
};

export const SUBNET: Format = {
  pattern: /^subnet-[0-9a-f]+$/,
  rule: "be a subnet id such as subnet-0a1b2c3d4e5f60001",
  noun: "subnet",
};

export const KEY_PAIR: Format = {
  pattern: /^\S(.{0,253}\S)?$/,
  rule: "be the name of an EC2 key pair",
  noun: "key pair",
};

export const INSTANCE_PROFILE: Format = {
  pattern: /^(arn:aws[a-z-]*:iam::\d{12}:instance-profile\/\S+|[A-Za-z0-9+=,.@_-]{1,128})$/,
  rule: "be the name or ARN of an instance profile",
  noun: "instance profile",
};

export const REGION: Format = {
  pattern: /^[a-z]{2}(-[a-z]+)+-\d$/,
  rule: "be an AWS region such as us-west-2",
  noun: "region",
};

export const ACCOUNT: Format = {
  pattern: /^act-[0-9a-f]{8}$/,
  rule: "be a Spot account such as act-1a2b3c4d",
  noun: "account",
};

export const WINDOW: Format = {
  pattern:
    /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d-(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d$/,
  rule: "be a window such as Sun:03:00-Sun:05:00 (UTC)",
  noun: "window",
};

export const RELEASE: Format = {
  pattern: /^\d+\.\d+\.\d+$/,
  rule: "be a release such as 7.2.15",
  noun: "release",
};

export const ARCHIVE_URL: Format = {
  pattern: /^https?:\/\/\S+\.tar\.gz$/,
  rule: "be the URL of a .tar.gz",
  noun: "URL",
};

export const HTTP_URL: Format = {
  pattern: /^https?:\/\/[!-~]+$/,
  rule: "be an HTTP or HTTPS URL",
  noun: "URL",
};

/** Without a password, since every user of the instance can read user data. */
export const PROXY: Format = {
  pattern: new RegExp(`^http://(${HOST.source}|\\[(${IPV6})\\])(:${PORT})?$`),
  rule: "be the URL of an HTTP proxy without a password and a path, such as http://proxy.internal:3128",
  noun: "proxy",
};

export const SHA256: Format = {
  pattern: /^[0-9a-f]{64}$/,
  rule: "be 64 digits of lower-case hex",
  noun: "checksum",
};

export const PACKAGE: Format = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9+._:-]*$/,
  rule: "be the name of a package",
  noun: "package",
};

/** A size in redis.conf. A number without a unit means bytes, so `12` would be a limit of 12 bytes. */
export const SIZE: Format = {
  pattern: /^0*([1-9]\d*[mMgG][bB]?|[1-9]\d{3,}[kK][bB]?|[1-9]\d{6,}[bB]?)$/,
  rule: "be a size of at least 1mb, such as 512mb or 12gb",
  noun: "size",
  meant: (text) => withLikelyUnit(text, (digits) => (digits <= 3 ? "gb" : digits <= 5 ? "mb" : "kb")),
};

/** The size of a replication backlog. */
export const BACKLOG_SIZE: Format = {
  ...SIZE,
  meant: (text) => withLikelyUnit(text, (digits) => (digits <= 3 ? "mb" : "kb")),
};

/** Suggests a larger unit for a size below 1 MB: megabytes for kilobytes, and for bytes a unit by the number of digits. */
function withLikelyUnit(text: string, unitOf: (digits: number) => string): string | undefined {
  const [, number, unit = ""] = /^0*([1-9]\d{0,5})(b|kb?)?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return `${number}${/^k/i.test(unit) ? "mb" : unitOf(number.length)}`;
}

/** Of an instance, in words that the agent replaces: each of them has another one. */
export const ANNOUNCED_HOST: Format = {
  pattern: /^[A-Za-z0-9.-]*\{(instance-id|private-ip)\}([A-Za-z0-9.-]|\{(instance-id|private-ip)\})*$/,
  rule: "be a host name with {instance-id} or {private-ip} in it, since that of each instance must differ",
  noun: "host name",
};

/** What follows `loadmodule` in redis.conf. */
export const MODULE: Format = {
  pattern: /^\/[^\s"'\\]+( [^\r\n]*[^\s])?$/,
  rule: "be the absolute path of a module, with its arguments behind it",
  noun: "module",
};

export const DIRECTIVE: Format = {
  pattern: /^[a-z][a-z-]*$/,
  rule: "name a directive of redis.conf in lower case",
  noun: "directive",
};

export const LINE: Format = { pattern: /^[^\r\n]+$/, rule: "be one line", noun: "line" };
