import * as z from "zod";
import { HTTP_URL, PROXY } from "../../constructs/validation/formats";
import { orVariable, text } from "./values";

export const install = z.strictObject(
  {
    proxy: orVariable(text(PROXY))
      .optional()
      .meta({
        description:
          "An HTTP proxy for all downloads, the package manager and the steps of `bootScript`; not for secrets, which are requested directly. User data shows it to every user of the instance.",
        examples: ["http://proxy.internal:3128"],
      }),
    mirror: orVariable(text(HTTP_URL))
      .optional()
      .meta({
        description:
          "URL of a folder with the archives of the server and the agent, instead of their own sites. `redis.url` and `bootScript.agent.url` have precedence.",
        examples: ["https://files.example.com/redis"],
      }),
  },
  { error: "hold `proxy` and `mirror`" },
);
