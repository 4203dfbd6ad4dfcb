import { isWrongRevision } from "@aethyr/nats";
import type { KV } from "@nats-io/kv";
import { Member } from "../board.ts";
import { BoardUnavailableError, HostNameTakenError } from "../errors.ts";
import { encode, parsed } from "./json-bytes.ts";

/** Of one announcement, when others write the same entry at the same time. */
const attempts = 5;

type Entry = { readonly revision: number; readonly incarnation: string | undefined };

/** What is written under a host's name; one that cannot be read has no incarnation, and stands in nobody's way. */
async function entryOf(members: KV, host: string): Promise<Entry | undefined> {
  const entry = await members.get(host);
  if (entry === null || entry.operation !== "PUT") return undefined;
  return { revision: entry.revision, incarnation: parsed(Member, entry.value)?.incarnation };
}

/** Writes an announcement by compare and set, so that of two who have one name one is told. */
export async function writeMember(members: KV, member: Member, predecessor: string | undefined): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const entry = await entryOf(members, member.host);
    const there = entry?.incarnation ?? member.incarnation;
    if (there !== member.incarnation && there !== predecessor) throw new HostNameTakenError(member.host);
    try {
      if (entry === undefined) await members.create(member.host, encode(member));
      else await members.put(member.host, encode(member), { previousSeq: entry.revision });
      return;
    } catch (error) {
      if (!isWrongRevision(error)) throw error;
    }
  }
  throw new BoardUnavailableError(`the announcement of ${member.host} was written by others ${attempts} times meanwhile`);
}

/** Deletes the announcement of this incarnation; what somebody else wrote under the name stays. */
export async function deleteMember(members: KV, host: string, incarnation: string): Promise<void> {
  const entry = await entryOf(members, host);
  if (entry === undefined || entry.incarnation !== incarnation) return;
  try {
    await members.delete(host, { previousSeq: entry.revision });
  } catch (error) {
    // Written or gone since: not ours any more, or it runs out.
    if (!isWrongRevision(error)) throw error;
  }
}
