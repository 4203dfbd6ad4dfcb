import { AggregateId, AggregateType, type Ref } from "@aethyr/kernel";
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
