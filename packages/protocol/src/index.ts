export { protocolVersion } from "./version.ts";
export { contentTypeOf, contentTypes, type ContentType, type Payload } from "./content-type.ts";
export { decode, defaultMaxCommandBytes, encode } from "./codec.ts";
export { InvalidMessageError, InvalidSubjectError, MalformedMessageError, TooLargeError, type Issue } from "./errors.ts";
export { CommandEnvelope, CommandId, encodeCommand, parseCommand, type Addressed } from "./command.ts";
export {
  Accepted,
  Refused,
  Reply,
  accepted,
  decodeReply,
  encodeReply,
  isPassing,
  refusalOf,
  refused,
  replyCodes,
  retryable,
  type ReplyCode,
} from "./reply.ts";
export { isWorldName } from "./tokens.ts";
export { isPartitionCount, mostPartitions, partitionOf } from "./partition.ts";
export {
  ownerSubject,
  parseSubject,
  partitionedSubjectOf,
  partitionFilter,
  partitionMapping,
  subjectFilter,
  subjectOf,
  type LaneKind,
  type Subject,
  type SubjectKind,
} from "./subjects.ts";
export { decodeHint, encodeHint, hintFilter, hintSubject, type Hint } from "./hint.ts";
export { headers } from "./headers.ts";
