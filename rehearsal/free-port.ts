import { randomInt } from "node:crypto";
import { type AddressInfo, createServer } from "node:net";

/** How far the port of the cluster bus is above that for clients, by default. */
export const BUS_OFFSET = 10_000;

/** A port of 127.0.0.1 without a listener. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A port without a listener at any address, and neither has that of the cluster bus one. */
export async function freeClusterPort(): Promise<number> {
  for (;;) {
    // Below the ports that the kernel gives to clients.
    const port = randomInt(12_000, 22_000);
    if ((await isFree(port)) && (await isFree(port + BUS_OFFSET))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}
