import { Fn, Tokenization } from "cdktf";
import { fromStacks } from "../../cli/assembly";
import { loadConfigs } from "../../config/load";
import { type RedisReplicas } from "../../constructs";
import { exampleText } from "../config/example";
import { file, temporaryFolder } from "../support/folder";

// In all other files, cdktf records none.
jest.unmock("cdktf/lib/tokens/private/stack-trace");

const folder = temporaryFolder();
const loaded = loadConfigs([file(folder, "redis-replicas.yaml", exampleText())]);

test("tokens of the stacks have no stack traces, and later errors have", () => {
  const trace = (token: string): string[] => Tokenization.reverseString(token).tokens[0]!.creationStack;
  const traces = fromStacks(loaded, (stack) => {
    const { groups } = stack.node.findChild("replicas") as RedisReplicas;
    return groups.flatMap(({ group }) => trace(group.userDataSha256!));
  });
  expect(traces.flat()).toEqual([]);
  expect(trace(Fn.sha256("x"))).not.toEqual([]);
});
