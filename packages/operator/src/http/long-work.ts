import { z } from "zod";
import { RebuildNews } from "../rebuild/news.ts";
import { ProjectionRebuildNews } from "../read-models/projection-rebuild-news.ts";
import { ErrorAnswer } from "./schemas.ts";

/** Why a long work broke off: its last line, where there is no report. */
const Failure = z.object({ kind: z.literal("failure"), status: z.int(), failure: ErrorAnswer });

/** A line of a rebuild of the world. */
export const RebuildLine = z.discriminatedUnion("kind", [...RebuildNews.options, Failure]);
/** A line of the rebuild of a projection. */
export const ProjectionRebuildLine = z.discriminatedUnion("kind", [...ProjectionRebuildNews.options, Failure]);
