import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { Proxy } from "../../../rehearsal/spot-api/proxy";

let directory: string;
let proxy: Proxy;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "proxy-test-"));
  proxy = await Proxy.start({
    directory,
    handler: ({ method, url }, response) => response.end(`${method} ${url}`),
  });
});
afterEach(async () => {
  await proxy.close();
  await rm(directory, { recursive: true });
});

function tunnel(host: string): Promise<{ status: number | undefined; socket: Socket }> {
  return new Promise((resolve, reject) => {
    request(proxy.url, { method: "CONNECT", path: host })
      .on("connect", ({ statusCode }, socket: Socket) => resolve({ status: statusCode, socket }))
      .on("error", reject)
      .end();
  });
}

async function secure(ca: string) {
  const { socket } = await tunnel("api.spotinst.io:443");
  const tls = connect({ socket, ca, servername: "api.spotinst.io", ALPNProtocols: ["h2", "http/1.1"] });
  await new Promise((resolve, reject) => tls.once("secureConnect", resolve).once("error", reject));
  return tls;
}

test("requests to the host of the API are handled over TLS with the temporary authority, in HTTP/1.1", async () => {
  const tls = await secure(await readFile(proxy.environment().SSL_CERT_FILE!, "utf8"));
  expect(tls.alpnProtocol).toBe("http/1.1");
  // Written manually, since an HTTP client of Node would resolve the host itself.
  tls.write("GET /aws?x=1 HTTP/1.1\r\nHost: api.spotinst.io\r\nConnection: close\r\n\r\n");
  const answer = (await tls.setEncoding("utf8").toArray()).join("");
  expect(answer).toContain("HTTP/1.1 200 OK");
  expect(answer).toContain("GET /aws?x=1");
});

test("a client without the authority does not trust the certificate", async () => {
  const other = await Proxy.start({ directory: join(directory, "other"), handler: () => undefined });
  const ca = await readFile(other.environment().SSL_CERT_FILE!, "utf8");
  await other.close();
  await expect(secure(ca)).rejects.toThrow(/signature|certificate/);
});

test.each(["example.com:443", "api.spotinst.io:22"])(
  "%s is refused immediately and recorded",
  async (host) => {
    expect((await tunnel(host)).status).toBe(403);
    expect(proxy.refused).toEqual([host]);
  },
);

test("a plain request for another host is refused too", async () => {
  const status = await new Promise((resolve) => {
    request(proxy.url, { path: "http://example.com/" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });
  expect(status).toBe(403);
  expect(proxy.refused).toEqual(["http://example.com/"]);
});

test("clients with a configurable address need neither proxy nor TLS", async () => {
  expect(await (await fetch(`${proxy.url}/aws`)).text()).toBe("GET /aws");
});

test("the environment variables have the proxy, and only its authority", async () => {
  const environment = proxy.environment();
  expect(environment).toMatchObject({ HTTPS_PROXY: proxy.url, NO_PROXY: "", CHECKPOINT_DISABLE: "1" });
  expect(await readdir(environment.SSL_CERT_DIR!)).toEqual([]);
});

test("closing the proxy ends open tunnels", async () => {
  const { socket } = await tunnel("api.spotinst.io:443");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.resume();
  await proxy.close();
  await closed;
  proxy = await Proxy.start({ directory, handler: () => undefined });
});

test("a port that is in use is an error", async () => {
  const port = Number(new URL(proxy.url).port);
  await expect(Proxy.start({ directory, port, handler: () => undefined })).rejects.toThrow("EADDRINUSE");
});
