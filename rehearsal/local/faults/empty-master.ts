import { type LocalFault, recovery } from "./fault";

export const emptyMaster: LocalFault = {
  name: "empty-master",
  title: "the master comes back empty: the agent refuses to follow it",
  async run(cluster) {
    const { masters, progress, replica } = cluster;
    const master = await cluster.owner();
    progress.note("the replica is stopped", replica.address);
    await replica.stop();
    progress.note(
      `master ${master.ip} saves its data and is killed; it starts again without that data`,
      master.ip,
    );
    await master.ask("SAVE");
    await master.end("SIGKILL");
    const putBack = masters.hideData(master);
    await masters.restart(master);
    await masters.untilAgreed(await cluster.slot(), master.ip);
    replica.newInstance();
    await replica.start();
    await replica.reaches(/^refused/);
    const { code } = await replica.command("status");
    if (code !== 20 || replica.server.pid !== 0) throw new Error(`not refused: ${code}, ${replica.state}`);
    progress.note(
      "exit code 20, and Redis is not started: following would have deleted the only copy",
      replica.address,
    );
    progress.note(`the operator restores the data of ${master.ip}, and runs redis-replica retry`, master.ip);
    await master.end("SIGKILL");
    putBack();
    await masters.restart(master);
    await masters.untilAgreed(await cluster.slot(), master.ip);
    await replica.command("retry");
    return recovery(cluster);
  },
};
