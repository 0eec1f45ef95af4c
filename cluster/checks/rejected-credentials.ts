import { type Check, skipped, unchecked } from "./check";

export const rejectedCredentials: Check = {
  severity: "error",
  keys: ["account"],
  when: "the Spot API rejects the token or the account",
  why: "Terraform can neither create nor change the groups.",
  check({ spot }) {
    if (spot === undefined)
      return [skipped("no credentials of Spot; set SPOTINST_TOKEN and SPOTINST_ACCOUNT")];
    if (spot.known) return [];
    if (spot.cause !== "auth") return [unchecked(spot.reason)];
    return [
      {
        seen: `The request was rejected: ${spot.reason}.`,
        remedy:
          "Create a token in Spot's console (Settings, API), and set SPOTINST_TOKEN and SPOTINST_ACCOUNT (`account`) to it and to its account.",
      },
    ];
  },
};
