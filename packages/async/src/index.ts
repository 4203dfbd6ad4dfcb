export { backOffMs } from "./back-off.ts";
export { inTime } from "./in-time.ts";
export { createLimit } from "./limit.ts";
export { unlessAborted } from "./unless-aborted.ts";
