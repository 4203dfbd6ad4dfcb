export { createClient, envelopeOf } from "./client.ts";
export { startSystem } from "./embedded-system.ts";
export { createChoice, thing } from "./load.ts";
