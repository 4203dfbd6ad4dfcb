import { join } from "node:path";

/** Where Node keeps stripped and compiled code for the processes that tests start. */
export const codeCache = join(import.meta.dirname, "../../node_modules/.cache/aethyr-code");
