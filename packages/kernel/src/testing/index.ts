export { fixedFacts, sealForTests } from "./facts.ts";
export { given, runScenariosWith, type History, type Outcome, type Scenario, type ScenarioRunner } from "./given.ts";
export { recorded } from "./recorded.ts";
