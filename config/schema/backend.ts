import * as z from "zod";
import { text } from "./values";

export const backend = z.union([
  z.enum(["none"], { error: "be `none` or one backend with its settings, such as `s3: { bucket: states }`" }),
  z
    .record(
      text({ pattern: /^[a-z][a-z0-9_]*$/, rule: "name a backend of Terraform" }),
      z.record(z.string(), z.unknown(), { error: "have the settings of the backend, {} for none" }),
      { error: "be `none` or one backend with its settings, such as `s3: { bucket: states }`" },
    )
    .refine((map) => Object.keys(map).length === 1, { error: "name exactly one backend" }),
]);
