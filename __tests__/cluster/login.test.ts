import { failureOf } from "../../cluster/connection";
import { Pipeline } from "../../cluster/pipeline";
import { Server } from "../../cluster/server";
import { LoopbackCluster } from "../support/loopback-cluster";
import { describeWith } from "../support/needs";

describeWith(["redis-server"], "a server that does not know AUTH, and repeats its arguments", () => {
  let real: LoopbackCluster;

  beforeAll(async () => {
    real = await LoopbackCluster.start({ masters: 1, directives: ['rename-command AUTH ""'] });
  }, 30_000);
  afterAll(() => real?.close());

  // The server cuts its message after 128 characters, and so has a part only of a longer password.
  test.each([
    ["a password", "needle"],
    ["a long password", "needle-".repeat(30)],
  ])("%s is not in the message", async (_, password) => {
    const [master] = real.masters;
    const server = new Server(master!, { user: "someone", password });
    const answer = await server.ask(["PING"]);
    server.close();
    const failure = await Pipeline.open(master!, { user: "someone", password }, 3000).then(
      () => undefined,
      failureOf,
    );
    for (const each of [answer, failure]) {
      expect(each).toMatchObject({ known: false });
      expect(JSON.stringify(each)).toContain("unknown command 'AUTH'");
      expect(JSON.stringify(each)).not.toContain("needle");
    }
  });
});
