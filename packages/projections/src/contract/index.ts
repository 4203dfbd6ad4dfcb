export { readModelContract } from "./read-model-contract.ts";
export type { DatabaseSubject } from "./fixture.ts";
