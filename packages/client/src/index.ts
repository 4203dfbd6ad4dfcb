export {
  createClient,
  type Client,
  type ClientParts,
  type CommandOptions,
  type Outgoing,
  type SendOptions,
  type WaitOptions,
  type WatchOptions,
} from "./client.ts";
export { NotConnectedError } from "./errors.ts";
export { createLogReader } from "./log-reader.ts";
export type { AggregateView, Reader, ReadModels } from "./ports.ts";
