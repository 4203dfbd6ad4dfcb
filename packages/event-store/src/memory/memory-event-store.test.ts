import { eventStoreContract } from "../contract/index.ts";
import { createMemoryEventStore } from "./memory-event-store.ts";

eventStoreContract({ name: "memory", open: async () => createMemoryEventStore() });
