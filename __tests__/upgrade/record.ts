import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { type TerraformVariables } from "../../rehearsal/terraform";
import { example, ROOT } from "../config/example";
import { layDown, record } from "./recording";

// `npm run record-upgrade`, once for each version, before it is published: what it writes is what users of that
// version have, and later versions are planned against it.

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

/** The state beside the JSON, wherever that is. */
const backend = "none";

const CONFIGS: Readonly<Record<string, readonly [config: object, variables?: TerraformVariables]>> = {
  minimal: [example({ backend })],
  full: [
    example({
      backend,
      description: "Replicas of the orders cluster",
      account: "act-00000001",
      replicas: 6,
      keyPair: "operations",
      iamInstanceProfile: "orders-redis",
      tags: { team: "orders" },
      protect: true,
      redis: { maxMemory: "12gb", backlogSize: "512mb", directives: { hz: 50 } },
      strategy: { orientation: "equalZones", revertToSpot: ["Sun:03:00-Sun:05:00"] },
      rootVolume: { size: 40 },
    }),
  ],
  variables: [
    example({
      backend,
      masters: { variable: "masters" },
      replicas: { variable: "replicas" },
      imageId: { variable: "image_id" },
      availabilityZones: { variable: "zones" },
    }),
    {
      masters: ["10.0.1.10", "10.0.1.11"],
      replicas: 2,
      image_id: "ami-0123456789abcdef0",
      zones: { "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b", "subnet-0a3b"] },
    },
  ],
  shards: [
    example({
      backend,
      replicas: undefined,
      shards: [
        { name: "a", master: "10.0.1.10", replicas: 1 },
        { name: "b", master: "10.0.1.11", replicas: 2 },
      ],
    }),
  ],
};

async function recordAll(): Promise<void> {
  for (const [name, [config, variables = {}]] of Object.entries(CONFIGS)) {
    layDown(join(version, name), stringify(config), variables);
    await record(join(version, name));
  }
}

void recordAll();
