import { isIP } from "node:net";
import { connect } from "node:tls";
import { type Answer } from "./answer";
import { answerOf } from "./connection";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type TlsFiles, tlsOptions } from "./login";

/** The certificate that a server shows. */
export interface ServerCertificate {
  readonly subject: string;
  readonly expires: Date;
}

/**
 * The certificate of a server, from the TLS handshake. It is read even if it has expired or is of another authority, and
 * so no password is sent on this connection.
 */
export function certificateOf(
  { host, port }: Endpoint,
  files: TlsFiles,
  timeout: number,
): Promise<Answer<ServerCertificate>> {
  return answerOf(
    showEndpoint({ host, port }),
    () =>
      new Promise<ServerCertificate>((resolve, reject) => {
        const name = isIP(host) === 0 ? { servername: host } : {};
        const socket = connect({ host, port, ...name, ...tlsOptions(files), rejectUnauthorized: false });
        const timer = setTimeout(() => end(new Error(`no TLS handshake within ${timeout} ms`)), timeout);
        const end = (error?: Error): void => {
          clearTimeout(timer);
          socket.destroy();
          if (error) reject(error);
        };
        socket.once("error", end).once("secureConnect", () => {
          const { subject, valid_to: expires } = socket.getPeerCertificate();
          resolve({ subject: [subject?.CN ?? ""].flat().join(", "), expires: new Date(expires) });
          end();
        });
      }),
  );
}
