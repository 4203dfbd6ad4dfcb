export { createNatsBroadcast, type NatsBroadcast, type NatsBroadcastOptions } from "./nats-broadcast.ts";
