import { readFileSync, statSync } from "node:fs";
import { InjectionPlan } from "./injection-plan";

/** A plan in a JSON file that may change at any time. Replace the file by a rename: a partial file is reported. */
export class PlanFile {
  private plan = InjectionPlan.none;
  private version = "";

  constructor(
    private readonly path: string,
    /** Called once for each version that cannot be used. The previous plan stays in force. */
    private readonly problem: (text: string) => void,
  ) {}

  /** The plan that is now in the file. Without a file, a plan without injections. */
  get current(): InjectionPlan {
    const stat = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const version = stat ? `${stat.ino} ${stat.mtimeNs} ${stat.size}` : "none";
    if (version === this.version) return this.plan;
    this.version = version;
    try {
      this.plan = stat ? InjectionPlan.of(JSON.parse(readFileSync(this.path, "utf8"))) : InjectionPlan.none;
    } catch (error) {
      this.problem(`${this.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return this.plan;
  }
}
