import { returns } from "./promoted";

/** Without the agent, the image's old role makes the two nodes replicas of each other. */
export const before = returns("before", { slow: "F12", quick: "F12q", barred: "F12n" });
