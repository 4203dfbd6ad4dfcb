import { z } from "zod";

/** What a thing or a room is called. */
export const Name = z.string().min(1).max(128);
/** What people see when they look; "" says nothing. */
export const Description = z.string().max(16_384);
