import { BootScript } from "../../../constructs";
import { RESERVED_DIRECTIVES, reservedRule } from "../../../constructs/redis/reserved-directives";

/** What Redis 6.2 to 8 and Valkey 7.2 to 9 know for passwords, users, TLS and ports, aliases included. */
const AUTH = ["requirepass", "masterauth", "primaryauth", "masteruser", "primaryuser", "aclfile", "user"];
const TLS = [
  ...["tls-port", "tls-cluster", "tls-replication", "tls-auth-clients", "tls-auth-clients-user"],
  ...["tls-cert-file", "tls-key-file", "tls-key-file-pass", "tls-client-cert-file", "tls-client-key-file"],
  ...["tls-client-key-file-pass", "tls-dh-params-file", "tls-ca-cert-file", "tls-ca-cert-dir"],
  ...["tls-protocols", "tls-ciphers", "tls-ciphersuites", "tls-prefer-server-ciphers"],
  ...["tls-session-caching", "tls-session-cache-size", "tls-session-cache-timeout"],
];
const PORTS = [
  ...["port", "rdma-port", "rdma-bind", "cluster-port", "cluster-announce-port", "cluster-announce-bus-port"],
  ...["cluster-announce-tls-port", "replica-announce-port", "slave-announce-port"],
];

function spellings(directive: string): string[] {
  return [directive, directive.toUpperCase(), directive.replace(/^./, (first) => first.toUpperCase())];
}

test.each([...AUTH, ...TLS, ...PORTS])("%s is reserved in any case, and no message has its value", (name) => {
  for (const directive of spellings(name)) {
    expect([directive, RESERVED_DIRECTIVES.test(directive)]).toEqual([directive, true]);
    const make = (): unknown =>
      new BootScript({ masters: ["10.0.1.10"], redis: { directives: { [directive]: "hunter2" } } });
    expect(make).toThrow(/must/);
    expect(make).not.toThrow(/hunter2/);
  }
});

test.each([
  [AUTH, "be left out: `auth` sets it"],
  [TLS, "be left out: `tls` sets it"],
  [PORTS, "be left out: this package sets it itself, or relies on its default"],
])("the message about %s says: must %s", (directives, rule) => {
  expect(new Set(directives.map(reservedRule))).toEqual(new Set([rule]));
});

test("the zone is reserved, since the agent sets it", () => {
  for (const directive of spellings("availability-zone"))
    expect([directive, RESERVED_DIRECTIVES.test(directive)]).toEqual([directive, true]);
});

test.each(["hz", "users", "my-tls-port", "maxmemory-policy", "port-range", "acllog-max-len"])(
  "%s is the user's to set",
  (directive) => {
    expect(reservedRule(directive)).toBeUndefined();
    expect(RESERVED_DIRECTIVES.test(directive)).toBe(false);
  },
);
