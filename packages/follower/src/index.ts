export { FeedAstrayError } from "./errors.ts";
export { followLog, type FollowFrom, type FollowParts } from "./follow-log.ts";
