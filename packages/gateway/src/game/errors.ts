import { AethyrError } from "@aethyr/kernel";

/** Too many passwords wait to be looked at. */
export class CredentialsBusyError extends AethyrError {
  constructor() {
    super("credentials_busy", "too many people are logging in at once: try again in a moment");
  }
}
