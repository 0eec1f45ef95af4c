import { Fn } from "cdktf";
import { masterPorts } from "../../../constructs/access/redis-ports";

test.each([
  ["names and addresses without ports have none", ["10.0.1.10", "redis-b", "[fd00::7000]"], []],
  [
    "ports are found behind names and addresses",
    ["10.0.1.10:7002", "redis-b:7001", "[::1]:7000"],
    [7000, 7001, 7002],
  ],
  ["a port is listed once", ["a:7000", "b:7000"], [7000]],
  ["a port that only Terraform knows is none", [Fn.join(":", ["a", "7000"]), "b:7001"], [7001]],
])("%s", (_, masters, ports) => {
  expect(masterPorts(masters)).toEqual(ports);
});
