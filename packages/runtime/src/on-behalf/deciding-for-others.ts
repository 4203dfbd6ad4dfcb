import type { Domain, KeyStore, Ref } from "@aethyr/kernel";
import { refused, type Reply } from "@aethyr/protocol";
import { admit } from "../intake/admission.ts";
import type { Hosted } from "../actors/hosted.ts";
import type { HostOptions } from "../options.ts";
import { notOwned, type Owning } from "../sharing/ownership.ts";
import { newPending, type Pending } from "../intake/pending.ts";
import type { Ports } from "../ports.ts";
import type { Table } from "../actors/table.ts";
import type { OnBehalf } from "./request.ts";

type Parts = {
  readonly domain: Domain;
  readonly keys: KeyStore;
  readonly ports: Ports;
  readonly table: Table;
  readonly options: Pick<HostOptions, "pendingLimit" | "mailboxLimit">;
  readonly isClosing: () => boolean;
  readonly owns: (ref: Ref) => boolean;
  readonly fenceOf: Owning["fenceOf"];
  /** Commands that are taken and not answered. */
  readonly load: () => number;
  readonly taken: (pending: Pending) => void;
  readonly enqueue: (hosted: Hosted) => void;
  /** Another host's stream is at this version. */
  readonly moved: (ref: Ref, version: number) => void;
};

/**
 * Decides and commits commands whose targets other hosts have, in the mailbox of the aggregate that they are about: so they take turns with the
 * commands of this host there, and nobody is overtaken. Any reply but `accepted` says only that the asking host is to see to it itself. Never rejects.
 */
export function createDecidingForOthers(parts: Parts): (asked: OnBehalf) => Promise<Reply> {
  const { domain, keys, ports, table, options, isClosing, owns, fenceOf, load, taken, enqueue, moved } = parts;

  return async ({ command, contended, fence, versions }) => {
    const { id } = command;
    const not = (why: string): Reply => refused(id, "unavailable", `${why}: nothing was done on behalf of its target's host`);
    if (isClosing() || !domain.aggregates.has(contended.type) || !owns(contended)) return notOwned(id);
    const admission = admit(domain, command, keys, (target) => table.find(target) !== undefined);
    // Its secrets are sealed where it came to.
    if (admission.kind !== "admitted" || admission.seal !== undefined) return not("only that host decides on it");
    const hosted = table.of(contended);
    // Else two hosts could wait for each other, each with what the other asks for.
    if (hosted.awaited) return not(`${hosted.path} waits for another host itself`);
    if (load() >= options.pendingLimit || hosted.mailbox.length >= options.mailboxLimit) return not("too many commands wait");
    for (const { stream, version } of versions) if (!owns(stream)) moved(stream, version);
    return new Promise((resolve) => {
      const { input } = admission;
      const pending = newPending({
        envelope: command,
        target: hosted,
        fence: fenceOf(contended),
        input,
        onBehalf: fence,
        receivedAtMs: ports.monotonic(),
        resolve,
      });
      taken(pending);
      hosted.mailbox.push(pending);
      enqueue(hosted);
    });
  };
}
