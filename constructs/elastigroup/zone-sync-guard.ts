import { type ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { Fn, Lazy, TerraformResource, type TerraformResourceConfig } from "cdktf";
import { Construct } from "constructs";
import { hcl } from "../terraform/hcl";
import { ImportBlock } from "../terraform/import-block";
import { late } from "../terraform/late";

export interface ZoneSyncGuardProps {
  /** The group. */
  readonly elastigroup: ElastigroupAws;
  /** Whether the group is imported. Then no zones are recorded yet. They are added to the state with the import. */
  readonly adopted: boolean;
  /** Whether Terraform ignores changes of the zones. Then they may differ from the configuration. */
  readonly ignored: boolean;
}

interface MemoryConfig extends TerraformResourceConfig {
  /** The items in one text. */
  readonly zones: string;
}

/** The resource `terraform_data`. The class of cdktf runs `terraform version` at every synthesis. */
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

  /** Refuses the HCL that cdktf would write, which lacks parts of this resource and of others. */
  public override toHclTerraform(): never {
    throw new Error(
      "a stateful Elastigroup cannot be written as HCL: leave out `--hcl`, Terraform reads JSON too",
    );
  }
}

/**
 * Records the zones of the last successful update. After a failed update, the provider leaves the new zones in the state,
 * although Spot did not receive them. The provider does not read zones, so it would never send them again. The recorded
 * zones then differ from the configuration, and every plan fails until the zones are sent.
 */
export class ZoneSyncGuard extends Construct {
  constructor(scope: Construct, id: string, { elastigroup, adopted, ignored }: ZoneSyncGuardProps) {
    super(scope, id);
    // Lazy, since the zones of the group can be changed.
    const wanted = Lazy.stringValue({
      produce: () => Fn.join(",", elastigroup.availabilityZonesInput ?? []),
    });
    const memory = new Memory(this, "Resource", {
      terraformResourceType: "terraform_data",
      zones: wanted,
      // After the group's update, so that the record does not change if the update fails.
      dependsOn: [elastigroup],
      lifecycle: {
        createBeforeDestroy: true,
        // Only together with a change of the group. Otherwise the next apply would hide the lost update.
        ignoreChanges: ["input"],
        replaceTriggeredBy: [
          late(
            () => `${elastigroup.terraformResourceType}.${elastigroup.friendlyUniqueId}.availability_zones`,
          ),
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
      // Any ID is valid. A record that is created after a failed first update would count those zones as sent.
      new ImportBlock(this, "import", { to: memory, id: "adopted" });
    }
  }
}
