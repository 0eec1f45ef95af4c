import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mirror } from "../../rehearsal/mirror";

describe("the mirror", () => {
  let directory: string;
  let mirror: Mirror;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "mirror-"));
    mkdirSync(join(directory, "served/debian"), { recursive: true });
    writeFileSync(join(directory, "secret"), "not served");
    writeFileSync(join(directory, "served/debian/Packages"), "Package: redis-server\n");
    mirror = await Mirror.start(join(directory, "served"), { address: "127.0.0.1", port: 0 });
  });
  afterEach(async () => {
    await mirror.close();
    rmSync(directory, { recursive: true });
  });

  it("serves its directory and records the requests", async () => {
    const response = await fetch(mirror.url("debian/Packages"));
    expect(await response.text()).toBe("Package: redis-server\n");
    expect(response.headers.get("content-length")).toBe("22");
    expect((await fetch(mirror.url("debian/Release"))).status).toBe(404);
    expect(mirror.requests).toEqual([
      { path: "/debian/Packages", status: 200 },
      { path: "/debian/Release", status: 404 },
    ]);
  });

  it("serves no files outside its directory, and no directories", async () => {
    for (const path of ["%2e%2e/secret", "..%2fsecret", "debian", ""]) {
      expect((await fetch(mirror.url(path))).status).toBe(404);
    }
  });

  it("serves a file that a test replaces", async () => {
    const url = mirror.publish("debian/Packages", Buffer.from("damaged"));
    expect(await (await fetch(url)).text()).toBe("damaged");
  });
});
