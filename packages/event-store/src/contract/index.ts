export { eventStoreContract, type EventStoreSubject } from "./event-store-contract.ts";
export { keyStoreContract, type KeyStoreSubject } from "./key-store-contract.ts";
