import { type WarningRule } from "./warning";

/** One of the named masters must answer when an instance boots that knows no others yet. */
export const oneMaster: WarningRule = ({ masters }) =>
  Array.isArray(masters) && masters.length === 1
    ? ["a first instance cannot join while the one master is down; name more `masters`"]
    : [];
