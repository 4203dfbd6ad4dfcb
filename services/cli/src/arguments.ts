import { AggregateId, AggregateType, type Ref } from "@aethyr/kernel";
import { isTime, type Moment } from "@aethyr/operator";
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { UsageError } from "./errors.ts";

/** Reads `type/id`. Throws `UsageError`. */
export function refArgument(text: string | undefined): Ref {
  const [type, id, ...more] = (text ?? "").split("/");
  const read = z.object({ type: AggregateType, id: AggregateId }).safeParse({ type, id });
  if (read.success && more.length === 0) return read.data;
  throw new UsageError(`"${text ?? ""}" names no aggregate: write TYPE/ID, such as room/hall (letters, digits, "." "_" "-")`);
}

/** Reads an option that is a whole number. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least) return value;
    throw new InvalidArgumentError(`A whole number from ${least} is required.`);
  };

/** Reads an argument that is a whole number. Throws `UsageError`. */
export function numberArgument(text: string | undefined, least = 1): number {
  const value = /^\d{1,15}$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new UsageError(`"${text ?? ""}" is no whole number from ${least}`);
}

const agoMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads an option that is a time, and gives it as ISO 8601 in UTC: a day, a time of a day, with a zone or in UTC, or how long ago. */
export function time(text: string, nowMs = Date.now()): string {
  const [, count = "", unit = ""] = /^-(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (unit !== "") return new Date(nowMs - Number(count) * (agoMs[unit] ?? 0)).toISOString();
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  if (isTime(full)) return new Date(full).toISOString();
  throw new InvalidArgumentError(
    "A time is required, such as 2026-11-21, 2026-11-21T16:30, 2026-11-21T16:30:00+01:00, or -10m (s, m, h, d).",
  );
}

/** Reads an option that is a version or a time. */
export const moment =
  (least: number) =>
  (text: string): Moment =>
    /^\d{1,15}$/.test(text) ? wholeNumber(least)(text) : time(text);

/** Reads an option that is a position of the log or a time. */
export const untilArgument = (text: string): { readonly position: number } | { readonly time: string } =>
  /^\d{1,15}$/.test(text) ? { position: wholeNumber(0)(text) } : { time: time(text) };

/** As a person reads it. */
export const momentText = (at: Moment): string => (typeof at === "number" ? `version ${at}` : at);
