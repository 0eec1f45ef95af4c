import * as z from "zod";
import { HTTP_URL, SHA256, SHELL } from "../../constructs/validation/formats";
import { orVariable, text } from "./values";

const agent = z.strictObject(
  {
    url: orVariable(text(HTTP_URL)).meta({
      description:
        "URL of the file that `redis-elastigroup synth --agent FILE` writes. It is fetched without credentials.",
      examples: ["https://example.com/redis-replica-0.1.0.tar"],
    }),
    sha256: orVariable(text(SHA256)).optional().meta({
      description:
        "SHA-256 of that file; by default, of this version's. Another file is refused on the instance.",
    }),
  },
  { error: "be a map with `url` and `sha256`" },
);

export const bootScript = z.strictObject(
  {
    before: text(SHELL).optional().meta({
      description:
        "Shell that runs before anything is written or installed. If it fails, the boot script ends with its status.",
    }),
    after: text(SHELL).optional().meta({
      description:
        "Shell that runs after the join, or after ten minutes of trying. A failure is logged and changes nothing.",
    }),
    agent: agent.optional().meta({
      description: "Where instances download the agent; by default, from this version's release.",
    }),
  },
  { error: "be a map with `before`, `after` and `agent`" },
);
