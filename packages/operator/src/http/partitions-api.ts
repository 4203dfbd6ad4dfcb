import { z } from "zod";
import { PlacementStatus, type PartitionOperations } from "../partitions/partitions.ts";
import type { Asking } from "./asking.ts";
import type { OnRoute } from "./on-route.ts";
import { define, failure, none, value } from "./route.ts";
import { done, DoneAnswer, whole } from "./schemas.ts";

const single = failure("A single process runs this world");
const unknown = failure("There is no such partition or host, or a single process runs this world");
const hostName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "the name of a host is required: 1 to 64 of A–Z a–z 0–9 _ -");
const PartitionPath = z.strictObject({ partition: whole(0) });

/** The routes of partitions. */
export const partitionRoutes = {
  partitions: define({
    id: "partitions",
    method: "GET",
    path: "/v1/partitions",
    summary: "Every partition with its owner, and every host. Needs no host to answer",
    params: none,
    query: none,
    answers: { 200: value("As the hosts have written it last", PlacementStatus), 404: single },
  }),
  movePartition: define({
    id: "movePartition",
    method: "POST",
    path: "/v1/partitions/{partition}/move",
    summary: "Wishes a partition onto a host, which has it as long as it is there and not draining",
    params: PartitionPath,
    query: z.strictObject({ host: hostName.describe("Where it shall be") }),
    answers: { 200: value("All hosts will hear of it", DoneAnswer), 404: unknown },
  }),
  freePartition: define({
    id: "freePartition",
    method: "POST",
    path: "/v1/partitions/{partition}/free",
    summary: "Takes the wish for a partition back",
    params: PartitionPath,
    query: none,
    answers: { 200: value("All hosts will hear of it", DoneAnswer), 404: unknown },
  }),
  drainHost: define({
    id: "drainHost",
    method: "POST",
    path: "/v1/hosts/{host}/drain",
    summary: "Lets a host give away all partitions that it has, for good: only a new start takes any again",
    params: z.strictObject({ host: hostName }),
    query: none,
    answers: { 200: value("It has begun to; the list of partitions tells how far it is", DoneAnswer), 404: unknown },
  }),
} as const;

/** Serves them. */
export function servePartitions(on: OnRoute, partitions: PartitionOperations): void {
  on(partitionRoutes.partitions, async () => partitions.list());
  on(partitionRoutes.movePartition, async ({ params: { partition }, query: { host } }) => {
    await partitions.move(partition, host);
    return done;
  });
  on(partitionRoutes.freePartition, async ({ params: { partition } }) => {
    await partitions.free(partition);
    return done;
  });
  on(partitionRoutes.drainHost, async ({ params: { host } }) => {
    await partitions.drain(host);
    return done;
  });
}

/** Asks them. */
export const connectPartitions = ({ get, post, query }: Pick<Asking, "get" | "post" | "query">): PartitionOperations => ({
  list: async () => get("/v1/partitions", PlacementStatus),
  async move(partition, host) {
    await post(`/v1/partitions/${partition}/move${query({ host })}`, DoneAnswer);
  },
  async free(partition) {
    await post(`/v1/partitions/${partition}/free`, DoneAnswer);
  },
  async drain(host) {
    await post(`/v1/hosts/${encodeURIComponent(host)}/drain`, DoneAnswer);
  },
});
