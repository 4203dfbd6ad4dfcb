import { hash } from "node:crypto";
import { canonical } from "@aethyr/event-store";
import type { Snapshot } from "@aethyr/kernel";

/** SHA-256 over the canonical JSON of a state: equal states have equal ones. Throws `NotJsonError` for what JSON cannot carry. */
export const stateHash = ({ status, value, context }: Snapshot["state"]): string =>
  hash("sha256", canonical({ context, status, value }), "hex");
