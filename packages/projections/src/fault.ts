import { AbortedTransactionError } from "kysely";
import { DatabaseDamagedError, DatabaseUnavailableError, messageOf } from "./errors.ts";

/**
 * What a failure of the database means: `unavailable`, it is down, full or busy, and the same may go well later; `gone`, a schema or table
 * that should be there is not; `data`, it refuses what was written, and will again.
 */
export type Fault = "unavailable" | "gone" | "data";

// SQLSTATE classes: connection, authorisation, resources, intervention, system, internal; and transactions that were ended for others' sake.
const unavailableClasses = new Set(["08", "28", "40", "53", "57", "58", "XX"]);
const unavailableCodes = new Set(["25P03", "55P03", "3D000", "25006", "55006"]);
const goneCodes = new Set(["42P01", "3F000"]);
const nodeCodes = /^(?:E[A-Z]{3,}|ERR_[A-Z_]+)$/;

/** The fault that an error from a query is, undefined for one that is none of the database's. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof DatabaseUnavailableError || error instanceof DatabaseDamagedError) return "unavailable";
  // A statement failed, and whoever had asked for it went on as if nothing had happened.
  if (error instanceof AbortedTransactionError) return "data";
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined) return isConnectionText(error.message) ? "unavailable" : undefined;
  if (/^[0-9A-Z]{5}$/.test(code) && "severity" in error) {
    if (goneCodes.has(code)) return "gone";
    return unavailableClasses.has(code.slice(0, 2)) || unavailableCodes.has(code) ? "unavailable" : "data";
  }
  return nodeCodes.test(code) ? "unavailable" : undefined;
}

/** What the driver says without a code when a connection ends under it or does not come about. */
const isConnectionText = (text: string): boolean =>
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Postgres connection has been discarded|The server does not support|Client was closed)/.test(
    text,
  );

/** What an unavailable database is told as: an error of a stable code that says what to do. */
export function unavailable(error: unknown): DatabaseUnavailableError {
  if (error instanceof DatabaseUnavailableError) return error;
  const isFull = error instanceof Error && "code" in error && (error.code === "53100" || error.code === "ENOSPC");
  const what = isFull
    ? `the database of the read models is full (${messageOf(error)}): make room, and it goes on by itself`
    : `the database of the read models does not answer: ${messageOf(error)}`;
  return new DatabaseUnavailableError(what, { cause: error });
}
