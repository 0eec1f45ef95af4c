import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const ME = "d".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);

describeWith(["bash"], "a nodes.conf from a peer's word", () => {
  function rebuilt(lines: string[]): string[] {
    const script = `follow_file ${ME} 10.0.0.4:6379 ${B} 7`;
    return agent(["nodes-conf"], script, { stdin: `${lines.join("\n")}\n` }).stdout.split("\n");
  }

  const peer = `${A} 10.0.0.1:6379@16379,redis-a myself,master - 0 0 3 connected 0-8191 [100->-${B}]`;
  const other = `${B} 10.0.0.2:6379@16379 master - 0 1700 4 connected 8192-16383`;

  test("makes this node a replica of the owner at its own address, whatever it was, and keeps its bus port", () => {
    const lines = rebuilt([peer, other, `${ME} 10.0.0.99:6379@17000 master - 0 0 5 connected 0-5`]);
    expect(lines.slice(-2)).toEqual([
      `${ME} 10.0.0.4:6379@17000 myself,slave ${B} 0 0 0 connected`,
      "vars currentEpoch 7 lastVoteEpoch 7",
    ]);
  });

  test("gives this node its slots back where it is the owner itself", () => {
    const me = `${ME} 10.0.0.99:6379@16379 master,fail - 0 1700 5 disconnected 0-5`;
    const { stdout } = agent(["nodes-conf"], `follow_file ${ME} 10.0.0.4:6379 ${ME} 7`, {
      stdin: `${peer}\n${other}\n${me}\n`,
    });
    expect(stdout).toContain(`\n${ME} 10.0.0.4:6379@16379 myself,master - 0 0 5 connected 0-5\n`);
  });

  test("adds this node where the peer has forgotten it", () => {
    expect(rebuilt([peer, other])).toContain(`${ME} 10.0.0.4:6379@16379 myself,slave ${B} 0 0 0 connected`);
  });

  test("takes over nobody's pongs: whom this node reaches is for itself to find out", () => {
    expect(rebuilt([peer, other])).toContain(`${B} 10.0.0.2:6379@16379 master - 0 0 4 connected 8192-16383`);
  });

  test("names one self, and takes over neither the peer's slots on the move nor nodes in handshake or without address", () => {
    const lines = rebuilt([
      peer,
      other,
      "x 10.0.0.9:6379@16379 handshake - 0 0 0 connected",
      "y :0@0 master,noaddr - 0 0 0 disconnected",
    ]);
    expect(lines.filter((line) => line.includes("myself"))).toHaveLength(1);
    expect(lines).toContain(`${A} 10.0.0.1:6379@16379,redis-a master - 0 0 3 connected 0-8191`);
    expect(lines).toHaveLength(4);
  });
});
