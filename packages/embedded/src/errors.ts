import { AethyrError, type Json } from "@aethyr/kernel";

/** The data folder cannot be used as it is; nothing in it was changed. `code` says why. */
export class DataFolderError extends AethyrError {
  constructor(
    code:
      | "data_folder_in_use"
      | "foreign_data_folder"
      | "other_world"
      | "data_folder_unusable"
      | "data_missing"
      | "token_exposed"
      | "token_unusable",
    message: string,
    details: Readonly<Record<string, Json>> = {},
    options?: ErrorOptions,
  ) {
    super(code, message, details, options);
  }
}
