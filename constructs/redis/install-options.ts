import { HTTP_URL, PROXY } from "../validation/formats";
import { type Validator } from "../validation/validator";
import { isKnown, ofFormat } from "../validation/value-rules";

/** How instances reach what they download. */
export interface InstallOptions {
  /**
   * The HTTP proxy, such as `http://proxy.internal:3128`, for all downloads and for the package manager. The steps of
   * `bootScript` have it in their environment, too. Secrets are requested directly.
   * @default - none
   */
  readonly proxy?: string;
  /**
   * The URL of a folder with the archives of the server and of the agent, which are downloaded there instead of from
   * their own sites: `redis-7.2.15.tar.gz`, `valkey-8.1.9.tar.gz` or `redis-replica-0.1.0.tar`. Archives that have a
   * URL of their own are downloaded from that.
   * @default - none
   */
  readonly mirror?: string;
}

/** Holds the options against their rules. */
export function validateInstall({ proxy, mirror }: InstallOptions, validator: Validator): void {
  if (proxy !== undefined) validator.value("install.proxy", proxy, ofFormat(PROXY));
  if (mirror !== undefined) validator.value("install.mirror", mirror, ofFormat(HTTP_URL));
}

/** The URL of an archive on a mirror. */
export function mirrored(mirror: string, file: string): string {
  return `${mirror.replace(/\/+$/, "")}/${file}`;
}

/** The ports of proxy and mirror, as far as they are known. */
export function installPorts({ proxy, mirror }: InstallOptions = {}): number[] {
  return [proxy, mirror].flatMap((url) => {
    if (url === undefined || !isKnown(url)) return [];
    const { port, protocol } = new URL(url);
    return [port === "" ? (protocol === "https:" ? 443 : 80) : Number(port)];
  });
}
