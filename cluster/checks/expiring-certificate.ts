import { type Check, NOT_APPLICABLE } from "./check";
import { judge, namesOf } from "./judge";

const DAY = 86_400_000;
/** Days before the end that are reported, as on the instances. */
const DAYS = 14;

/** Of the nodes as they run: an instance also reports the expiry of its own. */
export const expiringCertificate: Check = {
  severity: "warning",
  keys: ["tls", "tls.certificate"],
  when: "a server's certificate is valid for less than 14 days (error: it has expired)",
  why: "After it has expired, no new connection to the server succeeds, also not of replicas.",
  check({ nodes, expected, now }) {
    if (expected.tlsAuthClients === undefined) return NOT_APPLICABLE;
    return judge(
      nodes,
      ({ certificate }) => certificate,
      ({ subject, expires }, found) => {
        const days = (expires.getTime() - now.getTime()) / DAY;
        if (days >= DAYS) return undefined;
        const name = `The certificate${subject === "" ? "" : ` "${subject}"`} of ${namesOf(found)}`;
        const time = expires.toISOString().slice(0, 16).replace("T", " ");
        return {
          seen:
            days < 0
              ? `${name} has expired at ${time} UTC.`
              : `${name} expires in ${Math.floor(days)} days, at ${time} UTC.`,
          remedy:
            "Replace its file with one of the same authority, then let the server read it: `CONFIG SET tls-cert-file FILE`.",
          ...(days < 0 ? { severity: "error" as const } : {}),
        };
      },
    );
  },
};
