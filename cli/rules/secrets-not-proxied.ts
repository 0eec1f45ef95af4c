import { isFetched } from "../../constructs/access/secrets";
import { secretSources } from "../../config/secret-sources";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** The agent asks AWS directly. A proxy of `install` often stands for a subnet without a route to it. */
export const secretsNotProxied: ReviewRule = {
  severity: "note",
  keys: ["install.proxy"],
  when: "`install.proxy` is set, and `auth` or `tls` is read from AWS",
  remedy:
    "Where the subnets have no other route to AWS, add interface endpoints with private DNS for `secretsmanager` and `ssm` to the VPC. Then add this rule to `review.ignore`.",
  check({ config }) {
    if (config.install?.proxy === undefined) return NOT_APPLICABLE;
    return secretSources(config).some(isFetched)
      ? [
          "Instances request secrets directly, not through the proxy; without a route to AWS they do not join.",
        ]
      : [];
  },
};
