import { type Cluster } from "../cluster/cluster";
import { type View } from "../cluster/view";
import { type LoadedConfig } from "../config/load";
import { ConfigError, type Problem } from "../config/problem";

/** Why the cluster is not known: the reason of each master of the config, or of `--masters`. Empty if any member answered. */
export function silenceOf({ source: { file } }: LoadedConfig, { seeds }: Cluster, view: View): Problem[] {
  if (view.answering.length > 0) return [];
  return seeds.flatMap((seed) => {
    const nodes = view.memberAt(seed)?.nodes;
    return nodes === undefined || nodes.known ? [] : [{ file, message: `no answer from ${nodes.reason}` }];
  });
}

/** Throws these reasons, if there are any. */
export function requireAnswer(loaded: LoadedConfig, cluster: Cluster, view: View): void {
  const problems = silenceOf(loaded, cluster, view);
  if (problems.length > 0) throw new ConfigError(problems);
}
