import type { Json } from "@aethyr/kernel";
import { protocolVersion, type CommandEnvelope } from "@aethyr/protocol";
import { systemPorts } from "../ports.ts";

/** A command for tests, with an id of its own unless one is given: `command("counter/a", "Add", { amount: 1 })`. */
export function command(target: string, type: string, data: Json = {}, more: Partial<CommandEnvelope> = {}): CommandEnvelope {
  const [kind = "", id = ""] = target.split("/");
  return { v: protocolVersion, id: systemPorts.newId(), type, target: { type: kind, id }, data, ...more };
}
