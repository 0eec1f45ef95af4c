import { join } from "node:path";
import { generator } from "../../random";
import { type InjectionKind } from "../injection";
import { Cluster } from "./cluster";
import { generations, lost, stateOf, wrongEndings, wrongNode } from "./check";
import { type Point, planOf, type PointQuestion, pointsOf, questionsOf, show } from "./point";
import { type Scene, toBase } from "./scene";

/** The result of a point. */
export interface Walked {
  readonly scene: string;
  readonly point: Point;
  /** Whether the question was asked in this run: a command that polls asks a varying number of times. */
  readonly reached: boolean;
  readonly problems: readonly string[];
  readonly seconds: number;
}

export interface WalkProps {
  readonly scenes: readonly Scene[];
  readonly seed: number;
  /** How many of the points are drawn. @default - all */
  readonly points?: number;
  /** Only these kinds. @default - all */
  readonly kinds?: readonly InjectionKind[];
  /** The number of clusters that run in parallel. */
  readonly jobs: number;
  /** The folder for the clusters' files. */
  readonly directory: string;
  readonly log: (text: string) => void;
}

export interface WalkResult {
  /** The number of points that each scene has. */
  readonly total: Readonly<Record<string, number>>;
  readonly walked: readonly Walked[];
}

interface Task {
  readonly scene: Scene;
  readonly point: Point;
}

/** A cluster that is replaced if a point has failed on it. */
class Lane {
  private cluster?: Cluster;
  private made = 0;

  constructor(
    private readonly directory: string,
    private readonly number: number,
  ) {}

  /** Returns a cluster whose replica is in sync. */
  async ready(): Promise<Cluster> {
    if (!this.cluster) {
      const directory = join(this.directory, `${this.number}-${++this.made}`);
      this.cluster = await Cluster.create(directory, this.number);
      await toBase(this.cluster);
    }
    return this.cluster;
  }

  async discard(): Promise<void> {
    await this.cluster?.close();
    this.cluster = undefined;
  }
}

/** Records each scene once, then repeats it with a single question made to fail each time. */
export async function walk(props: WalkProps): Promise<WalkResult> {
  const lanes = Array.from({ length: props.jobs }, (_, index) => new Lane(props.directory, index + 1));
  try {
    const recorded = new Map<Scene, PointQuestion[]>();
    const unrecorded = [...props.scenes];
    await Promise.all(
      lanes.map(async (lane) => {
        for (let scene = unrecorded.shift(); scene; scene = unrecorded.shift()) {
          recorded.set(scene, await record(lane, scene));
          props.log(`${scene.name}: ${recorded.get(scene)?.length} questions`);
        }
      }),
    );
    const all = props.scenes.flatMap((scene) => {
      return pointsOf(recorded.get(scene) ?? []).map((point): Task => ({ scene, point }));
    });
    const tasks = drawn(all, props);
    const total = Object.fromEntries(
      props.scenes.map((scene) => [scene.name, all.filter((task) => task.scene === scene).length]),
    );
    props.log(`${tasks.length} of ${all.length} points, seed ${props.seed}`);
    const walked: Walked[] = [];
    const queue = [...tasks];
    await Promise.all(
      lanes.map(async (lane) => {
        for (let task = queue.shift(); task; task = queue.shift()) {
          const result = await play(lane, task);
          walked.push(result);
          const { scene, point, problems } = result;
          if (problems.length > 0) props.log(`${scene}: ${show(point)}: ${problems.join("\n  ")}`);
          else if (walked.length % 50 === 0) props.log(`${walked.length} of ${tasks.length} points`);
        }
      }),
    );
    return { total, walked };
  } finally {
    await Promise.all(lanes.map((lane) => lane.discard().catch(() => undefined)));
  }
}

/** Draws points from each scene in turn, in an order that depends on the seed. */
function drawn(all: readonly Task[], { seed, points, kinds, scenes }: WalkProps): Task[] {
  const random = generator(seed);
  const chosen = all
    .filter(({ point }) => !kinds || kinds.includes(point.kind))
    .map((task) => ({ task, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ task }) => task);
  if (points === undefined || points >= chosen.length) return chosen;
  const byScene = scenes.map((scene) => chosen.filter((task) => task.scene === scene));
  const turns = Math.max(...byScene.map(({ length }) => length));
  return Array.from({ length: turns }, (_, turn) => byScene.flatMap((tasks) => tasks[turn] ?? []))
    .flat()
    .slice(0, points);
}

async function record(lane: Lane, scene: Scene): Promise<PointQuestion[]> {
  const cluster = await lane.ready();
  await scene.arrange(cluster);
  cluster.record();
  await scene.act(cluster);
  const questions = questionsOf(cluster);
  cluster.record();
  const problems = [
    ...((await scene.wrong?.(cluster)) ?? []),
    ...(await wrongNode(cluster)),
    ...(await scene.after(cluster)),
    ...(await lost(cluster)),
  ];
  if (problems.length > 0) throw new Error(`${scene.name}, undisturbed: ${problems.join("; ")}`);
  await toBase(cluster);
  return questions;
}

/** The address of the master whose view of the cluster a point withholds from the agent. */
function silentMaster({ masters }: Cluster, { address, command }: Point): string | undefined {
  const [, index] = /^master-(\d+)$/.exec(address) ?? [];
  return index && command.join(" ") === "CLUSTER NODES" ? masters[Number(index)]?.ip : undefined;
}

async function play(lane: Lane, { scene, point }: Task): Promise<Walked> {
  const begun = Date.now();
  let reached = false;
  const problems: string[] = [];
  try {
    const cluster = await lane.ready();
    await scene.arrange(cluster);
    const before = generations(cluster);
    cluster.record(planOf(cluster, point));
    const looks = await scene.act(cluster);
    reached = cluster.asked.some(({ injection }) => injection);
    const outcomes = [...looks, ...cluster.unit.outcomes];
    problems.push(...wrongEndings(outcomes, stateOf(cluster)));
    cluster.record();
    const silent = silentMaster(cluster, point);
    problems.push(...((await scene.wrong?.(cluster)) ?? []), ...(await wrongNode(cluster, silent)));
    const gone = Object.entries(generations(cluster)).filter(([place, full]) => before[place] && !full);
    problems.push(...gone.map(([place]) => `${place} had keys and has none now`));
    problems.push(...(await scene.after(cluster)));
    problems.push(...(await wrongNode(cluster)), ...(await lost(cluster)));
    if (problems.length === 0) await toBase(cluster).catch((error: unknown) => problems.push(String(error)));
    if (problems.length > 0) problems.push(...outcomes.map((each) => JSON.stringify(each)));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (problems.length > 0) await lane.discard().catch(() => undefined);
  const seconds = (Date.now() - begun) / 1000;
  return { scene: scene.name, point, reached, problems, seconds };
}
