import { pathOf, type Ref, type Snapshot } from "@aethyr/kernel";
import { HostedActor } from "@aethyr/operator";
import { RequestError, type Msg } from "@nats-io/transport-node";
import { z } from "zod";
import { ClusterError } from "../errors.ts";
import type { Coordination } from "../nats/connect.ts";
import { actorsPerAnswer, Answer, controlSubject, type Question } from "./questions.ts";

/** What a snapshot is made of is its machine's affair. */
const SnapshotInHost = z.custom<Snapshot>((value) => typeof value === "object" && value !== null && "version" in value).nullable();

export type HostsParts = {
  readonly coordination: Coordination;
  readonly world: string;
  /** Hosts that are on the board, and whether they gave a sign of life within the last seconds. */
  readonly hosts: () => readonly { readonly host: string; readonly alive: boolean }[];
  /** The host that owns an aggregate's partition; undefined while nobody does. */
  readonly ownerOf: (ref: Ref) => string | undefined;
  /** How long a host may take to answer; default 5 s. */
  readonly timeoutMs?: number;
};

/** The actors of all hosts of a world, as one asks a single host for its own. Rejects with `host_silent` where one does not answer, or none of those that are there is heard. */
export function askHosts({ coordination, world, hosts, ownerOf, timeoutMs = 5_000 }: HostsParts) {
  const silent = (host: string, why: string, cause: unknown): ClusterError =>
    new ClusterError("host_silent", `the host ${host} ${why}: see "aethyr partitions list"`, { host }, { cause });

  async function ask<T>(host: string, question: Question, schema: z.ZodType<T>): Promise<T> {
    let message: Msg;
    try {
      message = await coordination.nats.request(controlSubject(world, host), JSON.stringify(question), { timeout: timeoutMs });
    } catch (error) {
      const gone = error instanceof RequestError && error.isNoResponders();
      throw silent(host, gone ? "is not there" : `gave no answer within ${timeoutMs} ms`, error);
    }
    const answer = readOr(Answer, message, (cause) => silent(host, "answers what this program cannot read", cause));
    if (!answer.ok) throw new ClusterError(answer.code, `${host}: ${answer.message}`, { host });
    const value = schema.safeParse(answer.value);
    if (value.success) return value.data;
    throw silent(host, "answers what this program cannot read", value.error);
  }

  async function actorsOf(host: string): Promise<readonly HostedActor[]> {
    const found: HostedActor[] = [];
    for (;;) {
      const last = found.at(-1);
      const page = await ask(host, { ask: "actors", after: last === undefined ? "" : pathOf(last.ref) }, z.array(HostedActor));
      found.push(...page.map((actor) => ({ ...actor, host })));
      if (page.length < actorsPerAnswer) return found;
    }
  }

  /** Those to ask. That nobody of those who are there is heard says nothing: perhaps it is this process that hears nothing. */
  function heard(): readonly string[] {
    const there = hosts();
    const alive = there.filter((the) => the.alive);
    if (alive.length === 0 && there.length > 0)
      throw new ClusterError("host_silent", `no host of the world is heard: see "aethyr partitions list"`);
    return alive.map(({ host }) => host);
  }

  const ofOwner = async <T>(ref: Ref, absent: T, work: (host: string) => Promise<T>): Promise<T> => {
    const owner = ownerOf(ref);
    return owner === undefined ? absent : work(owner);
  };

  return {
    actors: async (): Promise<readonly HostedActor[]> => (await Promise.all(heard().map(actorsOf))).flat(),
    passivate: (ref: Ref): Promise<boolean> => ofOwner(ref, false, (host) => ask(host, { ask: "passivate", ref }, z.boolean())),
    /** What the owner of an aggregate has in memory of it. */
    snapshot: (ref: Ref): Promise<Snapshot | undefined> =>
      ofOwner(ref, undefined, async (host) => (await ask(host, { ask: "state", ref }, SnapshotInHost)) ?? undefined),
    /** Every host forgets these, as others than the owner may have read them, a silent one too; gives how many were in memory. */
    async reload(refs: readonly Ref[]): Promise<number> {
      heard();
      const counts = await Promise.all(hosts().map(({ host }) => ask(host, { ask: "reload", refs: [...refs] }, z.int())));
      return counts.reduce((a, b) => a + b, 0);
    },
    /** Resolves when the host has begun to give away what it has. */
    drain: async (host: string): Promise<void> => void (await ask(host, { ask: "drain" }, z.null())),
  };
}

export type AskedHosts = ReturnType<typeof askHosts>;

function readOr<T>(schema: z.ZodType<T>, message: Msg, otherwise: (cause: unknown) => Error): T {
  try {
    return schema.parse(message.json());
  } catch (error) {
    throw otherwise(error);
  }
}
