import { lookup } from "node:dns/promises";
import { nodeName } from "../../cluster/ailments";
import { type Cluster } from "../../cluster/cluster";
import { type NodeStatus } from "../../cluster/node-status";
import { forgetForGood } from "../../cluster/retire/forget";
import { ghostsOf, hangingOf, unplaced } from "../../cluster/retire/ghosts";
import { type Context, EXIT, type Exit } from "../command";
import { confirm } from "../confirm";
import { groupNames } from "../connect";
import { misuse } from "../misuse";
import { firstLook, interruptible, type Operation } from "../operation";

/** Makes every member forget the nodes that are gone for good. */
export async function forgetGhosts(operation: Operation, context: Context): Promise<Exit> {
  const { options, output, terminal } = context;
  const { cluster, loaded } = operation;
  requireAllGroups(operation);
  const seen = await ghostsIn(operation, output);
  const names = seen.map((ghost) => `${ghost.id} (${ghost.endpoint?.host ?? "no address"})`);
  for (const name of names) output.info(`gone: ${name}`);
  if (seen.length > 0) {
    const what = `Makes every member forget ${seen.length === 1 ? "this node" : `these ${seen.length} nodes`}: ${names.join(", ")}.`;
    await confirm(what, options["yes"] === true, terminal);
  }
  // Until the answer, one of them may have come back.
  const still = new Set((seen.length === 0 ? [] : await ghostsIn(operation, output)).map(({ id }) => id));
  for (const { id } of seen) if (!still.has(id)) output.info(`came back: ${id}`);
  const ghosts = seen.filter(({ id }) => still.has(id));
  const ids = ghosts.map(({ id }) => id);
  const report = (line: string): void => output.info(line);
  const { silent, isInterrupted } = await interruptible(async (signal) => {
    const watch = options["wait"] === false ? { watch: 0 } : {};
    const members = ids.length === 0 ? [] : await forgetForGood(cluster, ids, { signal, report, ...watch });
    return { silent: members, isInterrupted: signal.aborted };
  }, report);
  const forgotten = `Every member${silent.length > 0 ? " that answered" : ""} forgot ${ids.length === 1 ? "1 node" : `${ids.length} nodes`}.`;
  output.data(
    [
      ids.length === 0 ? "No node is gone." : forgotten,
      ...(silent.length === 0
        ? []
        : [
            `No answer from ${silent.join(", ")}: run it again once it answers, since it may still list them.`,
          ]),
      ...(isInterrupted ? ["Stopped before it was certain that no member lists them again."] : []),
    ],
    {
      cluster: loaded.config.name,
      result: isInterrupted ? "interrupted" : silent.length > 0 ? "incomplete" : "done",
      forgotten: ghosts.map(({ id, endpoint }) => ({ node_id: id, private_ip: endpoint?.host ?? null })),
      silent,
    },
  );
  return isInterrupted || silent.length > 0 ? EXIT.stopped : EXIT.success;
}

/** A replica of a group that is left out would be taken for gone while it is replaced. */
function requireAllGroups({ loaded, groups }: Operation): void {
  const names = groupNames(loaded);
  if (groups.length < names.length)
    throw misuse(
      `\`--ghosts\` needs all groups of the config: ${names.join(", ")}; give \`--group\` for each`,
    );
}

/** The hosts of the masters in the config, and the addresses of those that are DNS names. */
async function addressesOf({ seeds }: Cluster): Promise<string[]> {
  const hosts = seeds.map(({ host }) => host);
  const found = hosts.map(async (host) => {
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch {
      throw misuse(
        `the address of the master ${host} is not known, so it could be taken for gone; give the addresses with \`--masters\``,
      );
    }
  });
  return [...hosts, ...(await Promise.all(found)).flat()];
}

async function ghostsIn(operation: Operation, output: Context["output"]): Promise<NodeStatus[]> {
  const { view, spot } = await firstLook(operation);
  const ghosts = ghostsOf(view, spot.value.replicas, await addressesOf(operation.cluster));
  const [reason] = unplaced(spot.value);
  if (ghosts.length > 0 && reason !== undefined)
    throw misuse(`a node that is away may come back: ${reason}; run \`retire --ghosts\` again once it runs`);
  const hanging = await hangingOf(view, ghosts);
  for (const node of hanging)
    output.info(
      `${nodeName(node)} accepts connections and does not answer: it hangs. Restart it, or end its instance, and try again.`,
    );
  return ghosts.filter((node) => !hanging.includes(node));
}
