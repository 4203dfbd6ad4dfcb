export { connectNatsBoard } from "./nats-board.ts";
export type { NatsBoardOptions } from "./options.ts";
