import { ref, type Ref } from "@aethyr/kernel";
import { partitionOf, type Payload } from "@aethyr/protocol";
import { expect, test, vi } from "vitest";
import type { Bus, CommandMessage, Delivery, FeedEvent, Share } from "../bus.ts";

/** What a bus of the suite is opened with: small limits, so that the suite reaches them. */
export type ContractLimits = {
  readonly feedEvents: number;
  readonly queueLimit: number;
  readonly aggregateLimit: number;
  readonly maxMessageBytes: number;
  readonly partitions: number;
};

/** One bus, empty and apart from all others. `close` also closes its connections. */
export type BusUnderTest = { connect(): Promise<Bus>; close(): Promise<void> };

export type BusContract = {
  /** Of the adapter, for the titles. */
  readonly name: string;
  open(limits: ContractLimits): Promise<BusUnderTest>;
};

export const limits: ContractLimits = {
  feedEvents: 64,
  queueLimit: 60,
  aggregateLimit: 30,
  maxMessageBytes: 64 * 1024,
  partitions: 4,
};

/** How long a test waits for a condition before it fails: for adapters that hand out again only after a time. No test waits for a time. */
const patienceMs = 30_000;

export const until = (condition: () => void | Promise<void>): Promise<void> => vi.waitFor(condition, { timeout: patienceMs, interval: 5 });

/** A test on a bus of its own. */
export type OnBus = (title: string, body: (connect: () => Promise<Bus>) => Promise<void>) => void;

export const onBusOf =
  (contract: BusContract): OnBus =>
  (title, body) => {
    test(title, { timeout: 2 * patienceMs }, async () => {
      const bus = await contract.open(limits);
      try {
        await body(() => bus.connect());
      } finally {
        await bus.close();
      }
    });
  };

export const hall = ref("room", "hall");

/** Aggregates of a partition. */
export function roomsOf(partition: number, count: number): readonly Ref[] {
  const rooms: Ref[] = [];
  for (let index = 0; rooms.length < count; index += 1) {
    const room = ref("room", `${partition}.${index}`);
    if (partitionOf(room, limits.partitions) === partition) rooms.push(room);
  }
  return rooms;
}

export const hallShare = (epoch: number, onLost?: () => void): Share => ({
  partition: partitionOf(hall, limits.partitions),
  epoch,
  ...(onLost === undefined ? {} : { onLost }),
});

export const payload = (text: string): Payload => ({ bytes: new TextEncoder().encode(text), contentType: "application/json" });
export const message = (id: string, target: Ref = hall, text = id): CommandMessage => ({ ...payload(text), id, target });
export const textOf = (the: Payload): string => new TextDecoder().decode(the.bytes);

/** Serves by noting every delivery; answers and acknowledges each with its own text unless told otherwise. */
export async function serveNoting(
  bus: Bus,
  treat: (delivery: Delivery) => void = deal,
  share?: Share,
): Promise<{ taken: Delivery[]; close(): Promise<void> }> {
  const taken: Delivery[] = [];
  const { close } = await bus.serve((delivery) => {
    taken.push(delivery);
    treat(delivery);
  }, share);
  return { taken, close };
}

export function deal(delivery: Delivery): void {
  delivery.respond(payload(`reply to ${textOf(delivery)}`));
  delivery.acknowledge();
}

export const idsOf = (deliveries: readonly Delivery[]): readonly string[] => deliveries.map((delivery) => delivery.id);

export async function enqueueAll(bus: Bus, ids: readonly string[], target: Ref = hall): Promise<void> {
  for (const id of ids) await bus.enqueue(message(id, target));
}

export const hold = (): void => {};

/** Resolves to the error that the call rejects with; fails if it does not. */
export async function rejectionOf(call: Promise<unknown>): Promise<unknown> {
  const outcome = await call.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  expect(outcome).toHaveProperty("error");
  return "error" in outcome ? outcome.error : undefined;
}

/** The first `count` events of a log whose positions have holes: 10, 20, 30, … */
export function log(count: number): readonly FeedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    position: 10 * (index + 1),
    previous: 10 * index,
    stream: ref(index % 2 === 0 ? "room" : "word.game", `some.id-${index % 3}`),
    version: index + 1,
    type: "SomethingHappened",
    // Not text: what a store holds is passed on byte for byte.
    bytes: Uint8Array.from([0, 255, 13, 10, index % 256]),
  }));
}

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
