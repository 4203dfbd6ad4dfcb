export { fixedFacts, sealForTests } from "./facts.ts";
export { given, type History, type Outcome } from "./given.ts";
