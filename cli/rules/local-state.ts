import { NOT_APPLICABLE, type Rule } from "./rule";

export const localState: Rule = {
  severity: "warning",
  when: "a pipeline keeps the state in a local file",
  remedy: "give `backend`, such as `s3: { … }`",
  judge({ config: { backend }, inPipeline }) {
    if (!inPipeline) return NOT_APPLICABLE;
    return backend === undefined
      ? [
          "this pipeline would keep the state in a local file: lost with its workspace, and the next run makes a second group",
        ]
      : [];
  },
};
