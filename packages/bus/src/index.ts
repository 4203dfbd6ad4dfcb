export type {
  Bus,
  CommandLanes,
  CommandMessage,
  DeadLetter,
  DeadLetters,
  Delivery,
  EventFeed,
  FeedEnd,
  FeedEvent,
  FeedHandler,
  FollowOptions,
  Hints,
  KeptLetter,
  Peers,
  Share,
  Subscription,
} from "./bus.ts";
export type { ContentType, Hint, Payload } from "@aethyr/protocol";
export {
  AlreadyServingError,
  BusBusyError,
  BusClosedError,
  BusError,
  BusTimeoutError,
  BusUnavailableError,
  FeedBehindError,
  FeedGapError,
  HandlerFailedError,
  MessageTooLargeError,
  NoRespondersError,
  NotRetryableError,
  OutdatedEpochError,
  PartitionsError,
  UnsupportedServerError,
} from "./errors.ts";
export { createInProcessBus, type InProcessBus, type InProcessOptions } from "./in-process/in-process-bus.ts";
export { inOrderOfTargets } from "./in-order-of-targets.ts";
export { requestCommand } from "./request-command.ts";
export { requestUntilAnswered, type UntilAnswered } from "./request-until-answered.ts";
