import type { Json } from "@aethyr/kernel";
import { z } from "zod";

/** Any JSON value; what is missing is none. */
export const json = z.custom<Json>((value) => value !== undefined, "a JSON value is required").describe("Any JSON value");
