import type { Delivery } from "@aethyr/bus";
import { ref } from "@aethyr/kernel";
import { expect, test } from "vitest";
import { createInOrder, type Taken } from "./in-order.ts";

const delivery = (id: string, target = "a"): Delivery => ({
  id,
  target: ref("counter", target),
  bytes: new Uint8Array(),
  contentType: "application/json",
  lane: "queue",
  attempt: 1,
  respond: () => undefined,
  acknowledge: () => undefined,
});

/** A host that says of each delivery what it is told to say, when it is told to. */
function host() {
  const asked: { readonly id: string; readonly answer: (taken: Taken) => void }[] = [];
  const submit = ({ id }: Delivery): Promise<Taken> => {
    const { promise, resolve } = Promise.withResolvers<Taken>();
    asked.push({ id, answer: resolve });
    return promise;
  };
  return { submit, asked, ids: () => asked.map(({ id }) => id) };
}

test("[R36][G4] what was left is tried again in the order in which it came, in whatever order it was left, before what came later", async () => {
  const { submit, asked, ids } = host();
  const line = createInOrder(submit, 0);
  for (const id of ["1", "2", "3"]) line.take(delivery(id));
  // The third was turned away at once, the others when their turn came.
  for (const at of [2, 0, 1]) {
    asked[at]?.answer("left");
    await Promise.resolve();
  }
  line.take(delivery("4"));
  expect(ids()).toEqual(["1", "2", "3"]);
  await expect.poll(ids).toEqual(["1", "2", "3", "1", "2", "3", "4"]);
  for (const { answer } of asked) answer("done");
  await new Promise(setImmediate);
  line.take(delivery("5"));
  expect(ids().at(-1)).toBe("5");
});

test("[R36] nothing is tried again while an earlier one is under way, and other aggregates do not wait", async () => {
  const { submit, asked, ids } = host();
  const line = createInOrder(submit, 0);
  line.take(delivery("1"));
  line.take(delivery("2"));
  asked[1]?.answer("left");
  await new Promise(setImmediate);
  line.take(delivery("3", "b"));
  expect(ids()).toEqual(["1", "2", "3"]);
  asked[0]?.answer("done");
  await expect.poll(ids).toEqual(["1", "2", "3", "2"]);
});

test("[R26] once the share is gone nothing is tried again: it is the lane's", async () => {
  const [gone, lasting] = [host(), host()];
  for (const { submit, asked } of [gone, lasting]) {
    const line = createInOrder(submit, 0);
    line.take(delivery("1"));
    asked[0]?.answer("left");
    await new Promise(setImmediate);
    if (submit === gone.submit) line.close();
  }
  // Begun later than the other, which would have been tried again by then.
  await expect.poll(lasting.ids).toEqual(["1", "1"]);
  expect(gone.ids()).toEqual(["1"]);
});
