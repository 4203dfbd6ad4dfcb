export { answersContract } from "./answers-contract.ts";
export { eventStoreContract, type EventStoreSubject } from "./event-store-contract.ts";
export { fencesContract, type FencedStoreSubject } from "./fences-contract.ts";
export { keyStoreContract, type KeyStoreSubject } from "./key-store-contract.ts";
