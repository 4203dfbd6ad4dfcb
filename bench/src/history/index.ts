export type { AcceptedCommand } from "./check-history.ts";
export { acceptedCommand, BadHistoryError, checkStore } from "./check-store.ts";
