import { NOT_APPLICABLE, type ReviewRule } from "./rule";

export const localState: ReviewRule = {
  severity: "warning",
  keys: ["backend"],
  when: "a pipeline (`CI` is set) keeps the state in a local file",
  remedy: "Set `backend`, such as `s3: { … }`.",
  check({ config: { backend }, inPipeline }) {
    if (!inPipeline) return NOT_APPLICABLE;
    return backend === undefined
      ? [
          "The state is a local file in the pipeline's workspace. Once it is lost, the next run creates a second group.",
        ]
      : [];
  },
};
