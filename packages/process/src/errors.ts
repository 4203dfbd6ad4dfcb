import { AethyrError, type Json } from "@aethyr/kernel";

/** The data folder cannot be used as it is; nothing in it was changed. `code` says why. */
export class DataFolderError extends AethyrError {
  constructor(
    code:
      | "data_folder_in_use"
      | "cluster_data_folder"
      | "foreign_data_folder"
      | "no_world"
      | "other_world"
      | "data_folder_unusable"
      | "data_missing"
      | "other_store"
      | "other_log"
      | "journal_pending"
      | "copy_unfinished"
      | "token_exposed"
      | "token_unusable",
    message: string,
    details: Readonly<Record<string, Json>> = {},
    options?: ErrorOptions,
  ) {
    super(code, message, details, options);
  }
}

/** What is needed to log in to an ImmuDB, or to trust it, is missing or cannot be read. Nothing was sent to it. */
export class ImmudbSettingsError extends AethyrError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}, options?: ErrorOptions) {
    super("immudb_settings", message, details, options);
  }
}

/** The ImmuDB of a world cannot be used now; `code` is that of the store's own error, which is the cause. */
export class ImmudbStartError extends AethyrError {}

/** A file of checkpoints cannot be read, or contradicts itself. */
export class CheckpointFileError extends AethyrError {
  constructor(file: string, why: string, options?: ErrorOptions) {
    super("checkpoints_unreadable", `the checkpoints in ${file} cannot be used: ${why}`, { file }, options);
  }
}
