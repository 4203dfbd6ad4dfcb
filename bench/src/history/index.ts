export { checkFeed, type CarriedEvent, type LoggedEvent } from "./check-feed.ts";
export { createHistoryCheck, type AcceptedCommand, type PlacedEvent } from "./check-history.ts";
export { createHoldings, type Holdings } from "./check-holdings.ts";
export { createOrderCheck, type NumberedCommand } from "./check-order.ts";
export { acceptedCommand, BadHistoryError, checkStore } from "./check-store.ts";
