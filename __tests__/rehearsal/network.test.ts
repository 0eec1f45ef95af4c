import { hardwareAddress, namespacePath, Network } from "../../rehearsal/network";

describe("Network", () => {
  it("can only be created inside an enclosure", async () => {
    await expect(Network.create()).rejects.toThrow("inside an enclosure only");
  });

  it("gives an address the same MAC address and namespace each time", () => {
    expect(hardwareAddress("10.0.2.255")).toBe("02:00:0a:00:02:ff");
    expect(namespacePath("10.0.2.255")).toBe("/run/netns/ip-10-0-2-255");
  });

  it.each(["10.0.2", "10.0.2.256", "replica"])("refuses %s", (address) => {
    expect(() => hardwareAddress(address)).toThrow(`must be an IPv4 address, got: ${address}`);
  });
});
