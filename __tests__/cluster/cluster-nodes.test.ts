import { parseClusterNodes } from "../../cluster/cluster-nodes";

describe("parseClusterNodes", () => {
  it("reads masters, replicas, single slots and names, and ignores migrating slots", () => {
    const text = [
      "aa 10.0.1.10:6379@16379,name myself,master - 0 0 3 connected 0-99 101 [200->-bb] [201-<-bb]",
      "bb 10.0.2.10:6380@16380 slave,fail? aa 1 2 3 disconnected",
      "",
    ].join("\n");
    expect(parseClusterNodes(text)).toEqual([
      {
        ...{ id: "aa", address: "10.0.1.10", port: 6379, busPort: 16379, flags: ["myself", "master"] },
        ...{ master: undefined, configEpoch: 3, connected: true },
        slots: [
          [0, 99],
          [101, 101],
        ],
      },
      {
        ...{ id: "bb", address: "10.0.2.10", port: 6380, busPort: 16380, flags: ["slave", "fail?"] },
        ...{ master: "aa", configEpoch: 3, connected: false, slots: [] },
      },
    ]);
  });

  it("reads a line once that another member has with other times of pings", () => {
    const read = new Map();
    const [one] = parseClusterNodes("aa 10.0.1.10:6379@16379 master - 0 5 3 connected 0-99", read);
    const [other] = parseClusterNodes("aa 10.0.1.10:6379@16379 master - 7 9 3 connected 0-99", read);
    expect(other).toBe(one);
  });

  it("does not take a line for another one that has further fields, as a member that lies could send it", () => {
    const read = new Map();
    parseClusterNodes("aa 10.0.1.10:6379@16379 1 2 master - 3 connected 0-99", read);
    const line = "aa 10.0.1.10:6379@16379 master - 0 0 3 connected 0-99";
    expect(parseClusterNodes(line, read)).toEqual(parseClusterNodes(line));
  });

  it("reads a node without an address", () => {
    expect(parseClusterNodes("cc :0@0 master,noaddr - 0 0 1 disconnected")[0]).toMatchObject({ address: "" });
  });
});
