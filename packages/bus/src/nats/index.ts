export { connectNatsBus, type NatsBus } from "./nats-bus.ts";
export type { NatsOptions, NatsStatus } from "./options.ts";
export { divideLane, queueLane, type DivideLaneOptions, type QueueLane } from "./divide-lane.ts";
export type { Carried } from "./carry-over.ts";
