import { eventStoreContract, fencesContract } from "../contract/index.ts";
import { createMemoryEventStore } from "./memory-event-store.ts";

eventStoreContract({ name: "memory", open: async () => createMemoryEventStore() });
fencesContract({ name: "memory", open: async () => createMemoryEventStore(), another: async (store) => store });
