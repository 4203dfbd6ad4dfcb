export { connectNatsBus, type NatsBus } from "./nats-bus.ts";
export type { NatsOptions, NatsStatus } from "./options.ts";
