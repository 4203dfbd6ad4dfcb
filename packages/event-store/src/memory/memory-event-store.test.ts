import { answersContract, eventStoreContract, fencesContract } from "../contract/index.ts";
import type { FencedEventStore } from "../event-store.ts";
import { createMemoryEventStore } from "./memory-event-store.ts";

eventStoreContract({ name: "memory", open: async () => createMemoryEventStore() });
const fenced = { name: "memory", open: async () => createMemoryEventStore(), another: async (store: FencedEventStore) => store };
fencesContract(fenced);
answersContract(fenced);
