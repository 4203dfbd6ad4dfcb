export {
  createClient,
  type Client,
  type ClientParts,
  type CommandOptions,
  type Outgoing,
  type SendOptions,
  type WaitOptions,
  type WatchedEvent,
  type WatchOptions,
} from "./client.ts";
export { NotConnectedError, ReadModelBehindError } from "./errors.ts";
export { createLogReader } from "./log-reader.ts";
export type { Reader, ReadModels } from "./ports.ts";
