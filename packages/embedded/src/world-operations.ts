import { createOperations, type Operations, type OperationsParts } from "@aethyr/operator";
import { createCensus, custodyReader } from "@aethyr/world";

/** The operations on a game world: they are told how its events are counted and who has what. */
export const worldOperations = (parts: Omit<OperationsParts, "census" | "custody">): Operations =>
  createOperations({ ...parts, census: createCensus(), custody: custodyReader });
