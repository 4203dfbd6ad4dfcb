import { AethyrError, type Json } from "@aethyr/kernel";

/** What was asked for was not done; the message says why and what to do next. Exit code 1. */
export class CliError extends AethyrError {}

/** The line that was typed makes no sense; nothing was done. Exit code 2. */
export class UsageError extends CliError {
  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super("usage", message, details);
  }
}

/** A signal ended the call. Exit code 128 plus the signal's number, as shells expect it. */
export class InterruptedError extends CliError {
  readonly exitCode: number;
  constructor(signal: "SIGINT" | "SIGTERM") {
    super("interrupted", "interrupted");
    this.exitCode = signal === "SIGINT" ? 130 : 143;
  }
}
