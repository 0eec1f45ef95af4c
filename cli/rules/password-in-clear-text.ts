import { NOT_APPLICABLE, type ReviewRule } from "./rule";

export const passwordInClearText: ReviewRule = {
  severity: "warning",
  keys: ["auth.password"],
  when: "a password is set, and TLS is not",
  remedy: "Set `tls`, and TLS for clients, replication and the cluster bus at the masters.",
  check({ config: { auth, tls } }) {
    if (auth === undefined) return NOT_APPLICABLE;
    return tls === undefined
      ? [
          "The password travels in clear text: any host that can read the traffic between the nodes can read it.",
        ]
      : [];
  },
};
