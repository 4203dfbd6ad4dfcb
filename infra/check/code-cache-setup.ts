import { codeCache } from "./code-cache.ts";

/**
 * Where coverage is on, Vitest turns the cache of compiled code off, in a process of tests and in all that it starts, as cached code has no exact
 * positions. Coverage does not see into what it starts, and that is hundreds of processes, which would strip and compile all of their code anew.
 */
process.env["NODE_COMPILE_CACHE"] = codeCache;
delete process.env["NODE_DISABLE_COMPILE_CACHE"];
