import { NOT_APPLICABLE, type Rule } from "./rule";

/** One of the named masters must answer when an instance boots that knows no others yet. */
export const oneMaster: Rule = {
  severity: "warning",
  when: "one master is named",
  remedy: "name more `masters`",
  judge({ config: { masters } }) {
    if (!Array.isArray(masters)) return NOT_APPLICABLE;
    return masters.length === 1 ? ["a first instance cannot join while the one master is down"] : [];
  },
};
