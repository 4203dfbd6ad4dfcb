export { connectNatsBoard } from "./nats-board.ts";
export type { BoardStatus, NatsBoardOptions } from "./options.ts";
