import { type ServerKind } from "../server-build";
import { type Ending, type Fault } from "./fault";

/** A fault, the server it was run on, and the result of each run. */
export interface Played {
  readonly fault: Fault;
  readonly server: ServerKind;
  readonly endings: Ending[];
  readonly errors: string[];
}
