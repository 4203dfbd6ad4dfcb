export { defineAggregate, extend, register, type Aggregate, type Registration, type Remake } from "./aggregate.ts";
export type { Command, Given, Loaded, Rule } from "./command.ts";
export { currentData } from "./current-data.ts";
export { decide, type Change, type Read, type Step } from "./decide.ts";
export {
  defineDomain,
  type AggregateKind,
  type CommandKind,
  type CommandName,
  type Domain,
  type EventKind,
  type InputOf,
} from "./domain.ts";
export {
  AethyrError,
  ChartFailedError,
  CorruptSnapshotError,
  DefinitionError,
  IllegalEventError,
  InvalidDecisionError,
  NotJsonError,
  TooManyParticipantsError,
  UnreadableEventError,
} from "./errors.ts";
export { aggregateViewOf, type AggregateView } from "./aggregate-view.ts";
export type { EventMeta, NewEvent, RecordedEvent } from "./event.ts";
export { events, versioned, type Catalogue, type EventOf, type Events } from "./events.ts";
export { fragment, handles, type Fragment } from "./fragment.ts";
export { parseInput, sealInput, withStandIns, type Issue, type Parsed } from "./input.ts";
export {
  advance,
  createInstance,
  fits,
  hasEnded,
  next,
  replay,
  restore,
  snapshotOf,
  stateOf,
  viewOf,
  type Instance,
  type State,
} from "./instance.ts";
export { asJson, type Json } from "./json.ts";
export type { KeyStore } from "./key-store.ts";
export { alive, many, oneOf, type Parties, type Party, type ViewOf } from "./party.ts";
export { AggregateId, AggregateType, isAggregateId, isAggregateType, Ref, RefPath, pathOf, ref, refOf } from "./ref.ts";
export { Sealed, sealed } from "./sealed.ts";
export type { Snapshot } from "./snapshot.ts";
export { upcast, type Upcast } from "./upcast.ts";
export { reject, to, type Addressed, type Decision, type Facts, type Rejection, type View } from "./view.ts";
