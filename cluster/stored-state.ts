import * as z from "zod";

const worker = z.strictObject({
  host: z.string(),
  pid: z.number().int().positive(),
  started: z.string().optional(),
});

/** What every state file has. */
export const STORED = {
  format_version: z.literal("1.0"),
  /** The name in the config. */
  cluster: z.string(),
  group_ids: z.array(z.string()),
  started_at: z.iso.datetime(),
  /** The process that works on it. */
  process: worker,
} as const;

/** The process that works on a state file of any kind; undefined if the text is none. */
export function workerIn(text: string): z.infer<typeof worker> | undefined {
  try {
    return z.object({ process: worker }).safeParse(JSON.parse(text)).data?.process;
  } catch {
    return undefined;
  }
}

/** Reads a state file. Throws an error on one line if its text is not the state of `what`. */
export function parseState<State>(schema: z.ZodType<State>, what: string, text: string): State {
  const none = (reason: string): Error =>
    new Error(`is not the state of ${what}: ${reason}; restore the file, or remove it to begin again`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw none("it is no JSON");
  }
  const { data, error } = schema.safeParse(json);
  if (error === undefined) return data;
  const [issue] = error.issues;
  throw none(`${issue!.path.join(".") || "file"}: ${issue!.message}`);
}

export function formatState(state: object): string {
  return `${JSON.stringify(state, undefined, 2)}\n`;
}
