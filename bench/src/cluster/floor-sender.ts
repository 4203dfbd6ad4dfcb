import { randomUUIDv7 } from "node:crypto";
import { connectNatsBus, type NatsBus } from "@aethyr/bus/nats";
import { partitionedSubjectOf, partitionOf, subjectOf } from "@aethyr/protocol";
import { jetstream } from "@nats-io/jetstream";
import { connect, createInbox, headers } from "@nats-io/transport-node";
import type { BareCommand, BareReply, FloorPlace } from "../floors/cluster/place.ts";
import { commandBytes } from "../system/load.ts";
import type { Prepared, Sender, Told } from "./sender.ts";

/** A client that does what the floor needs and nothing else: JSON of as many bytes on the same subjects, the reply parsed. */
export async function openFloorSender(place: FloorPlace): Promise<Sender> {
  const { world, partitions } = place;
  const nats = await connect({ ...place.nats, noAsyncTraces: true });
  const stream = jetstream(nats);
  const inbox = createInbox();
  const awaited = new Map<string, (bytes: Uint8Array) => void>();
  let number = 0;
  const accepted = { commands: 0, last: 0 };
  nats.subscribe(`${inbox}.*`, {
    callback: (error, { subject, data }) => {
      if (error === null) awaited.get(subject)?.(data);
      awaited.delete(subject);
    },
  });

  function prepared(target: Prepared["target"]): Prepared {
    const command = (value: string): BareCommand => ({
      id: randomUUIDv7(),
      type: "UpdateGameObjectAttribute",
      target,
      data: { key: "note", value },
    });
    number += 1;
    const value = String(number).padStart(10, "0");
    const made = command(value);
    const short = JSON.stringify(made).length;
    const text = JSON.stringify({ ...made, data: { key: "note", value: value.padEnd(value.length + commandBytes - short, "x") } });
    return { id: made.id, target, bytes: Buffer.from(text) };
  }

  async function enqueued({ id, target, bytes }: Prepared): Promise<Uint8Array> {
    const head = headers();
    const replyTo = `${inbox}.${(number += 1)}`;
    head.set("Cmd-Reply", replyTo);
    const reply = Promise.withResolvers<Uint8Array>();
    awaited.set(replyTo, reply.resolve);
    await stream.publish(subjectOf("queue", world, target), bytes, { msgID: id, headers: head });
    return reply.promise;
  }

  return {
    create: prepared,
    note: prepared,
    async send(lane, command, timeoutMs): Promise<Told> {
      const { target, bytes } = command;
      const subject = (): string => partitionedSubjectOf("request", world, partitionOf(target, partitions), target);
      const data = lane === "queue" ? await enqueued(command) : (await nats.request(subject(), bytes, { timeout: timeoutMs })).data;
      const { code, position } = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString()) as BareReply;
      accepted.commands += 1;
      accepted.last = Math.max(accepted.last, position);
      return { code, position, message: "" };
    },
    async follow(onEvent) {
      const bus = await busOf(place);
      await bus.follow((events) => {
        for (const { position } of events) onEvent(position);
      });
      return { close: () => bus.close() };
    },
    async check() {
      const bus = await busOf(place);
      try {
        for (const untilMs = performance.now() + feedWithinMs; ;) {
          const { position = 0, count } = await bus.end();
          if (position === accepted.last && count === accepted.commands)
            return `the floor's feed has an event of each of its ${count} commands`;
          if (performance.now() > untilMs)
            throw new Error(
              `the floor accepted ${accepted.commands} commands up to ${accepted.last}; its feed has ${count} events up to ${position}`,
            );
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      } finally {
        await bus.close();
      }
    },
    close: () => nats.close(),
  };
}

const feedWithinMs = 60_000;

const busOf = ({ nats: { servers, user, pass }, world }: FloorPlace): Promise<NatsBus> =>
  connectNatsBus({ servers, username: user, password: pass, world, createStreams: false });
