import * as z from "zod";
import { GROUP_ID, IPV4, MASTER, SHARD } from "../../constructs/validation/formats";
import { REPLICAS } from "../../constructs/validation/limits";
import { list, orVariable, text, whole } from "./values";

export const addresses = orVariable(list(orVariable(text(IPV4)), IPV4.noun));

export const shard = z.strictObject(
  {
    name: text(SHARD).meta({ description: "The shard's name. Another name is another group." }),
    master: orVariable(text(MASTER)).meta({ description: "A node of the shard, preferably its master." }),
    replicas: orVariable(whole(REPLICAS.least, REPLICAS.most)).meta({ description: "Its replicas." }),
    privateIps: addresses
      .optional()
      .meta({ description: "Addresses in the subnets that they get, at most one for each." }),
    adopt: text(GROUP_ID)
      .optional()
      .meta({ description: "A group that exists already and becomes the shard's." }),
  },
  { error: "be a map with `name`, `master` and `replicas`" },
);
