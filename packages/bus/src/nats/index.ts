export { connectNatsBus } from "./nats-bus.ts";
export type { NatsOptions, NatsStatus } from "./options.ts";
