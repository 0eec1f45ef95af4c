import * as z from "zod";
import { SHELL } from "../../constructs/kinds";
import { text } from "./values";

export const bootScript = z.strictObject(
  {
    before: text(SHELL).optional().meta({
      description:
        "Shell that runs before anything is written or installed; its failure ends the boot script.",
    }),
    after: text(SHELL)
      .optional()
      .meta({ description: "Shell that runs after the join; its failure is only told." }),
  },
  { error: "hold `before` and `after`" },
);
