import { summary } from "../../cli/summary";
import { exampleConfig } from "../config/example";

/** The lines about the server, by the changes of `redis`. */
function server(redis?: Record<string, unknown>): string[] {
  const rows = summary(exampleConfig({ redis }), { limit: 16_384 });
  return rows.filter(([label]) => ["Redis", "Valkey"].includes(label)).map((row) => row.join(": "));
}

test.each([
  ["Redis by default", undefined, "Redis: 7.2.15, built from source on the first boot"],
  ["a version of Redis", { version: "8.8.1" }, "Redis: 8.8.1, built from source on the first boot"],
  ["Valkey", { engine: "valkey" }, "Valkey: 8.1.9, built from source on the first boot"],
  ["a package of Valkey", { engine: "valkey", install: "package" }, "Valkey: package of the distribution"],
  ["an image with Valkey", { engine: "valkey", install: "image" }, "Valkey: as installed in the image"],
])("names the engine and its version: %s", (_, redis, line) => {
  expect(server(redis)).toEqual([line]);
});
