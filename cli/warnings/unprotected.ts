import { type WarningRule } from "./warning";

/** A destroyed group takes its replicas' volumes and addresses along. */
export const unprotected: WarningRule = ({ protect }) =>
  protect ? [] : ["Terraform may destroy the group with its volumes; in production, set `protect: true`"];
