export { startTestWorld, type TestWorld, type TestWorldOptions } from "./test-world.ts";
