import { StoreError } from "../errors.ts";

/** Where two logs part. `sourcePosition` and `targetPosition` are 0 in the log that ends there, or that was not read by position. */
export type Parting = {
  readonly sourcePosition: number;
  readonly targetPosition: number;
  /** `type/id`. */
  readonly stream: string;
  readonly version: number;
};

/** The target holds something that the source does not: nothing of the source belongs behind it. Nothing was changed since it was seen. */
export class OtherHistoryError extends StoreError {
  constructor(what: string, where: Parting) {
    super(
      "other_history",
      `the target holds another history than the source: ${what}, at ${where.stream}@${where.version}` +
        ` (position ${where.sourcePosition} of the source, ${where.targetPosition} of the target). Choose a target of its own`,
      where,
    );
  }
}

/** Somebody else kept writing to one of the two logs. What was copied stays, and the next migration goes on from there. */
export class MigrationDisturbedError extends StoreError {
  constructor(message: string, options?: ErrorOptions) {
    super("migration_disturbed", message, {}, options);
  }
}
