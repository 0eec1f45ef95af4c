import { type ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { Fn, Lazy, TerraformResource, type TerraformResourceConfig } from "cdktf";
import { Construct } from "constructs";
import { hcl } from "../terraform/hcl";
import { ImportBlock } from "../terraform/import-block";

export interface ZoneSyncGuardProps {
  /** The group. */
  readonly elastigroup: ElastigroupAws;
  /** Its zones, as they are in the configuration. */
  readonly items: string[];
  /** Whether the group is taken over: then nothing is remembered, and that comes into the state with it. */
  readonly adopted: boolean;
  /** Whether Terraform leaves the group's zones alone: then they are not meant to be those of the configuration. */
  readonly ignored: boolean;
}

interface MemoryConfig extends TerraformResourceConfig {
  /** The items in one text. */
  readonly zones: string;
}

/** Terraform's own `terraform_data`. That of cdktf runs `terraform version` whenever it is synthesized. */
class Memory extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly config: MemoryConfig,
  ) {
    super(scope, id, config);
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { input: { zones: this.config.zones } };
  }
}

/**
 * Remembers the zones of the last update that succeeded. After one that failed, the provider has left the new
 * zones in the state though Spot never got them, and since it reads no zones, it would never send them again:
 * what is remembered here then differs from the configuration, and every plan is refused until they are sent.
 */
export class ZoneSyncGuard extends Construct {
  constructor(scope: Construct, id: string, { elastigroup, items, adopted, ignored }: ZoneSyncGuardProps) {
    super(scope, id);
    const wanted = Fn.join(",", items);
    const memory = new Memory(this, "Resource", {
      terraformResourceType: "terraform_data",
      zones: wanted,
      // Not before the group's update, so that nothing changes here where that fails.
      dependsOn: [elastigroup],
      lifecycle: {
        createBeforeDestroy: true,
        // Only together with a change of the group: otherwise the next apply would hide what was lost.
        ignoreChanges: ["input"],
        replaceTriggeredBy: [
          Lazy.stringValue({
            // Late, for the group's logical id can be overridden.
            produce: () =>
              `${elastigroup.terraformResourceType}.${elastigroup.friendlyUniqueId}.availability_zones`,
          }),
        ],
        postcondition: ignored
          ? undefined
          : [
              {
                condition: hcl`try(self.output.zones, "") == ${wanted}`,
                errorMessage:
                  "The last update with these zones failed, and Spot does not have them. Raise the zones' revision (`zonesRevision` in a config file) to send them again.",
              },
            ],
      },
    });
    if (adopted) {
      // Any id will do. Made anew after a first update that failed, it would take those zones for sent.
      const to = `${memory.terraformResourceType}.${memory.friendlyUniqueId}`;
      new ImportBlock(this, "import", { to, id: "adopted" });
    }
  }
}
