import { checkData } from "../config/load";
import { suggest } from "../config/suggest";
import { type Path } from "../constructs/validation/path";
import { sentence } from "../constructs/validation/validation-error";
import { oneOf } from "../constructs/validation/value-rules";
import { KINDS } from "./project";

/** A value of a new config, and the flag that brings it. */
export interface Question {
  /** The flag without its dashes. */
  readonly flag: string;
  /** What it asks for, in the help and on a terminal. */
  readonly text: string;
  /**
   * The key of the config.
   * @default - it is not part of the config
   */
  readonly key?: string;
  /**
   * The value in the config.
   * @default - the answer itself
   */
  readonly read?: (answer: string) => unknown;
  /**
   * The part of the answer that has a part of the value.
   * @default - the same
   */
  readonly part?: (path: Path) => Path;
  /** The answer if none is given. `folder` is the name of the project's folder. */
  readonly fallback: (answers: Answers, folder: string) => string;
  /** Whether the fallback is an example, such as the id of an image that does not exist. */
  readonly isExample: boolean;
}

/** Answers by their questions, as they were typed. */
export type Answers = ReadonlyMap<Question, string>;

/** Which project. */
export const KIND: Question = {
  flag: "kind",
  text: `kind of project: ${KINDS.join(", ")}`,
  fallback: () => "config",
  isExample: false,
};

const REGION: Question = {
  flag: "region",
  text: "AWS region",
  key: "region",
  fallback: () => "us-west-2",
  isExample: true,
};

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  KIND,
  {
    flag: "name",
    text: "name of the group and of the stack",
    key: "name",
    fallback: (_, folder) => folder,
    isExample: false,
  },
  REGION,
  {
    flag: "masters",
    text: "addresses of the on-demand masters, comma-separated",
    key: "masters",
    read: list,
    fallback: () => "10.0.1.10",
    isExample: true,
  },
  {
    flag: "replicas",
    text: "number of replicas in all",
    key: "replicas",
    read: (answer) => (/^\d+$/.test(answer) ? Number(answer) : answer),
    fallback: () => "3",
    isExample: false,
  },
  {
    flag: "image",
    text: "image (AMI) of the instances",
    key: "imageId",
    fallback: () => "ami-0123456789abcdef0",
    isExample: true,
  },
  {
    flag: "types",
    text: "instance types, comma-separated; without spot capacity, the first one is used",
    key: "instanceTypes",
    read: (answer) => ({ onDemand: list(answer)[0], spot: list(answer) }),
    part: ([key, ...rest]) => (key === "onDemand" ? [0] : rest),
    fallback: () => "r6i.large,r6a.large,r5.large",
    isExample: true,
  },
  {
    flag: "zones",
    text: "ZONE=SUBNET for each subnet, comma-separated",
    key: "availabilityZones",
    read: zones,
    fallback: (answers) => {
      const region = answers.get(REGION);
      return `${region}a=subnet-0a1b2c3d4e5f60001,${region}b=subnet-0a1b2c3d4e5f60002`;
    },
    isExample: true,
  },
  {
    flag: "security-groups",
    text: "security groups of the instances, comma-separated",
    key: "securityGroupIds",
    read: list,
    fallback: () => "sg-0123456789abcdef0",
    isExample: true,
  },
];

/** The config that the answers are. */
export function configOf(answers: Answers): Record<string, unknown> {
  return Object.fromEntries(
    [...answers].flatMap(([{ key, read }, answer]) =>
      key === undefined ? [] : [[key, read ? read(answer) : answer]],
    ),
  );
}

/** What is wrong with the answers, by the rules of the config file. A question without an answer is no mistake. */
export function mistakesOf(answers: Answers): string[] {
  const found = checkData(configOf(answers)).mistakes.flatMap(({ path, rule, got, advice }) => {
    const [key, ...rest] = path;
    const question = QUESTIONS.find((each) => each.key === key);
    if (question === undefined) return [sentence(path, rule, got, advice)];
    if (!answers.has(question)) return [];
    const { flag, part = (same) => same } = question;
    return [sentence([`--${flag}`, ...part(rest)], rule, got, advice)];
  });
  // The first type is in two places of the config.
  return [...kindMistake(answers.get(KIND)), ...new Set(found)];
}

function kindMistake(kind: string | undefined): string[] {
  const { rule, holds } = oneOf<string>(KINDS);
  if (kind === undefined || holds(kind)) return [];
  const meant = suggest(kind, KINDS);
  return [sentence([`--${KIND.flag}`], rule, kind, meant && `Did you mean \`${meant}\`?`)];
}

function list(answer: string): string[] {
  return answer.split(",").map((item) => item.trim());
}

/** `ZONE=SUBNET` for each subnet. */
function zones(answer: string): Record<string, string[]> {
  const subnets = new Map<string, string[]>();
  for (const item of list(answer)) {
    const [zone = "", subnet = ""] = item.split("=", 2);
    subnets.set(zone, [...(subnets.get(zone) ?? []), subnet]);
  }
  return Object.fromEntries(subnets);
}
