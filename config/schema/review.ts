import * as z from "zod";
import { list, text } from "./values";

export const review = z.strictObject(
  {
    ignore: list(
      z.strictObject(
        {
          rule: text({ pattern: /^[a-z]+(-[a-z]+)*$/, rule: "be the id of a rule, such as one-zone" }).meta({
            description: "The rule, by its ID in docs/rules.md.",
            examples: ["one-zone"],
          }),
          reason: text({ pattern: /\S.*\S/, rule: "say why, in a few words" }).meta({
            description: "Why it does not count here, for the next reader.",
            examples: ["the cluster is in one zone too"],
          }),
        },
        { error: "be a map with `rule` and `reason`" },
      ),
      "rule",
    ).meta({ description: "Rules whose findings are not shown." }),
  },
  { error: "be a map with `ignore`" },
);
