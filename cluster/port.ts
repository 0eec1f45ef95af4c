import { connect } from "node:net";
import { type Answer } from "./answer";
import { answerOf } from "./connection";
import { type Endpoint, showEndpoint } from "./endpoint";

/** Whether a TCP connection to a port is accepted. Nothing is sent. */
export function reach({ host, port }: Endpoint, timeout: number): Promise<Answer<true>> {
  return answerOf(
    showEndpoint({ host, port }),
    () =>
      new Promise<true>((resolve, reject) => {
        const socket = connect({ host, port });
        const timer = setTimeout(() => end(new Error(`no connection within ${timeout} ms`)), timeout);
        const end = (error?: Error): void => {
          clearTimeout(timer);
          socket.destroy();
          if (error) reject(error);
          else resolve(true);
        };
        socket.once("connect", () => end()).once("error", end);
      }),
  );
}
