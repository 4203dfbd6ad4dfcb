export type {
  Bus,
  CommandLanes,
  CommandMessage,
  DeadLetter,
  Delivery,
  EventFeed,
  FeedEvent,
  FeedHandler,
  FollowOptions,
  Subscription,
} from "./bus.ts";
export type { ContentType, Payload } from "@aethyr/protocol";
export {
  AlreadyServingError,
  BusClosedError,
  BusError,
  BusTimeoutError,
  BusUnavailableError,
  FeedBehindError,
  FeedGapError,
  HandlerFailedError,
  MessageTooLargeError,
  NoRespondersError,
} from "./errors.ts";
export { createInProcessBus, type InProcessBus, type InProcessOptions } from "./in-process/in-process-bus.ts";
export { requestCommand } from "./request-command.ts";
