/** What differs between apps of the two frameworks. */
export interface Framework {
  readonly name: "cdktf" | "cdktn";
  readonly version: string;
  readonly edition: string;
  readonly spotinstProvider: string;
  /** The package and its major version. */
  readonly awsBindings: string;
}

export const CDKTF: Framework = {
  name: "cdktf",
  version: "0.21.0",
  edition: "cdktf-redis-elastigroup",
  spotinstProvider: "@cdktf/provider-spotinst/lib/provider",
  awsBindings: "@cdktf/provider-aws@21",
};

export const CDK_TERRAIN: Framework = {
  name: "cdktn",
  version: "0.24.0",
  edition: "cdktn-redis-elastigroup",
  spotinstProvider: "cdktn-redis-elastigroup/lib/spotinst/provider",
  awsBindings: "@cdktn/provider-aws@25",
};

type Language = "TypeScript" | "JavaScript" | "ESM";

/** An app with a stack of this package and one of the user's own. */
export function app(language: Language, { name, edition, spotinstProvider }: Framework): string {
  const types = ["AvailabilityZones", "RedisReplicas", "RedisReplicasStack"];
  // Node's import takes files, not folders.
  const provider = language === "ESM" ? `${spotinstProvider}/index.js` : spotinstProvider;
  return `
${imported(language, ["App", "TerraformStack"], name)}
${imported(language, ["SpotinstProvider"], provider)}
${imported(language, language === "TypeScript" ? [...types, "type RedisReplicasProps"] : types, edition)}
const app = new App();
const props${language === "TypeScript" ? ": RedisReplicasProps" : ""} = {
  name: "orders", region: "us-west-2", masters: ["10.0.1.10"], replicas: 2, imageId: "ami-1",
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large"] },
  availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-1"] }),
  securityGroupIds: ["sg-1"],
};
new RedisReplicasStack(app, "theirs", { replicas: props });
const stack = new TerraformStack(app, "own");
new SpotinstProvider(stack, "spotinst");
new RedisReplicas(stack, "replicas", props);
app.synth();
`;
}

function imported(language: Language, names: readonly string[], module: string): string {
  const list = names.join(", ");
  return language === "JavaScript"
    ? `const { ${list} } = require("${module}");`
    : `import { ${list} } from "${module}";`;
}
