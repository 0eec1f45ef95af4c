import { createHash } from "node:crypto";
import * as z from "zod";
import { type Injection, injectionKinds } from "./injection";
import { keyOf, type Question, shortened } from "./question";

const milliseconds = z.number().int().min(0).max(3_600_000);

const schema = z.strictObject({
  /** The first entry that matches a question applies. A key that is left out matches every question. */
  injections: z
    .array(
      z.strictObject({
        address: z.string().optional(),
        command: z.array(z.string()).min(1).optional(),
        occurrence: z.number().int().min(1).optional(),
        kind: z.enum(injectionKinds),
        /** Required for `delay`. */
        ms: milliseconds.optional(),
      }),
    )
    .max(10_000)
    .default([]),
  /** Applies to the questions that match none of these entries. */
  random: z
    .strictObject({
      /** The share of the questions, from 0 to 1. */
      share: z.number().min(0).max(1),
      seed: z.number().int(),
      kinds: z
        .array(z.enum(injectionKinds))
        .min(1)
        .default([...injectionKinds]),
      /** The longest delay. */
      ms: milliseconds.default(3000),
    })
    .optional(),
});

export type InjectionPlanData = z.input<typeof schema>;

/** Decides which injection applies to each question: by its identity, or at random from a seed. */
export class InjectionPlan {
  private constructor(private readonly data: z.output<typeof schema>) {}

  static readonly none = InjectionPlan.of({});

  /** Throws an error that names every invalid key. */
  static of(data: unknown): InjectionPlan {
    const parsed = schema.safeParse(data);
    if (!parsed.success) throw new Error(`the injection plan is invalid: ${z.prettifyError(parsed.error)}`);
    const incomplete = parsed.data.injections.find(({ kind, ms }) => kind === "delay" && ms === undefined);
    if (incomplete) throw new Error("the injection plan is invalid: an injection of kind delay needs ms");
    const injections = parsed.data.injections.map((entry) => {
      return entry.command === undefined ? entry : { ...entry, command: shortened(entry.command) };
    });
    return new InjectionPlan({ ...parsed.data, injections });
  }

  get size(): number {
    return this.data.injections.length;
  }

  for(question: Question): Injection | undefined {
    const found = this.data.injections.find(({ address, command, occurrence }) => {
      if (address !== undefined && address !== question.address) return false;
      if (occurrence !== undefined && occurrence !== question.occurrence) return false;
      return command === undefined || matches(command, question.command);
    });
    if (found) return { kind: found.kind, ...(found.ms !== undefined && { ms: found.ms }) };
    return this.drawn(question);
  }

  /** Depends only on the seed and the identity, not on the order in which connections are served. */
  private drawn({ address, command, occurrence }: Question): Injection | undefined {
    const { random } = this.data;
    if (!random) return undefined;
    const text = `${random.seed} ${keyOf(address, command)} ${occurrence}`;
    const bytes = createHash("sha256").update(text).digest();
    if (bytes.readUIntBE(0, 6) / 2 ** 48 >= random.share) return undefined;
    const kind = random.kinds[bytes.readUInt32BE(6) % random.kinds.length] ?? "drop";
    return kind === "delay" ? { kind, ms: bytes.readUInt32BE(10) % (random.ms + 1) } : { kind };
  }
}

/** The word `*` matches any word. */
function matches(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === "*" || word === other[index]);
}
