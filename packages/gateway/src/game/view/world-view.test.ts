import { pathOf, refOf, type Json, type RecordedEvent } from "@aethyr/kernel";
import { createSmallWorld, story, type SmallWorld } from "@aethyr/world/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createWorldView } from "./world-view.ts";

const meta = { command: "c", actor: null, correlation: "c", causation: null };
const recorded = (position: number, path: string, version: number, event: object): RecordedEvent => ({
  ...(event as { type: string; data: Json }),
  id: `c/${position}`,
  schema: 1,
  machine: 1,
  time: "2026-01-01T00:00:00.000Z",
  meta,
  stream: refOf(path),
  version,
  position,
});

/** Takes what the last command added to the histories, in the order of the streams. */
function createLog(small: SmallWorld) {
  const known = new Map<string, number>();
  let position = 0;
  return function* newEvents(): Generator<RecordedEvent> {
    for (const [path, events] of small.history()) {
      for (let at = known.get(path) ?? 0; at < events.length; at += 1) yield recorded((position += 1), path, at + 1, events[at]!);
      known.set(path, events.length);
    }
  };
}

type Context = Record<string, never> & {
  readonly name: string;
  readonly containerId: string | null;
  readonly items: readonly string[];
  readonly equipment: object;
};

test("[G8] the view is the fold of the log: it says what the aggregates' own states say, after every command", () =>
  fc.assert(
    fc.asyncProperty(story, async (told) => {
      const small = createSmallWorld();
      const { view, apply } = createWorldView();
      const newEvents = createLog(small);
      for (const sent of told) {
        await small.send(sent);
        for (const event of newEvents()) apply(event);
        const all = [...small.snapshots()].map(([path, { state }]) => ({
          ref: refOf(path),
          path,
          state,
          context: state.context as unknown as Context,
        }));
        const living = all.filter(({ state }) => state.status === "active" && state.value !== "absent");
        const of = (type: string) => living.filter(({ ref }) => ref.type === type);

        expect(view.counts()).toEqual({ rooms: of("room").length, things: of("game-object").length, players: of("player").length });
        for (const { ref, context } of of("room")) {
          const { name, description, attributes, exits } = context;
          expect(view.room(ref.id)).toEqual({ id: ref.id, path: pathOf(ref), name, description, attributes, exits });
        }
        for (const { ref, context } of of("game-object")) {
          const { name, generic, attributes, containerId } = context;
          expect(view.thing(ref.id)).toEqual({ id: ref.id, path: pathOf(ref), name, generic, attributes, containerId });
        }
        for (const { ref, context } of of("player")) {
          const { name, admin, containerId, sitting, pose } = context;
          expect(view.player(ref.id)).toEqual({ id: ref.id, path: pathOf(ref), name, admin, containerId, sitting, pose });
        }
        for (const { path, ref, context } of [...of("game-object"), ...of("player")]) {
          expect(
            view
              .thingsIn(path)
              .map(({ id }) => id)
              .sort(),
            path,
          ).toEqual(context.items);
          expect(Object.fromEntries(view.wornBy(path).map(({ slot, thing }) => [slot, thing.id]))).toEqual(context.equipment);
          const place = ref.type === "player" ? view.playersIn : view.thingsIn;
          if (context.containerId?.startsWith("room/") === true) expect(place(context.containerId).map(({ id }) => id)).toContain(ref.id);
        }
        for (const { ref } of all.filter(({ state, ref }) => state.status === "done" && ref.type === "player"))
          expect(view.isTaken(ref.id)).toBe(true);
      }
    }),
    { numRuns: 60 },
  ));

const room = (id: string, position: number) =>
  recorded(position, `room/${id}`, 1, { type: "RoomCreated", data: { name: id, description: "", attributes: {} } });

test("an event that the view has already is passed over", () => {
  const { view, apply } = createWorldView();
  apply(room("a", 5));
  apply(recorded(6, "room/a", 2, { type: "RoomDescriptionUpdated", data: { description: "New." } }));
  apply(room("a", 5));
  expect(view.room("a")?.description).toBe("New.");
  expect(view.position()).toBe(6);
});

test("whoever waits for a position goes on when it is reached, even where the event there cannot be taken", async () => {
  const { view, apply } = createWorldView();
  const never = new AbortController().signal;
  await view.until(0, never);
  let reached = false;
  const waiting = view.until(3, never).then(() => (reached = true));
  apply(room("a", 2));
  await Promise.resolve();
  expect(reached).toBe(false);
  expect(() => apply(recorded(3, "room/b", 1, { type: "RoomExitAdded", data: null }))).toThrow(TypeError);
  await waiting;
});

test("waiting ends with the signal's reason", async () => {
  const { view } = createWorldView();
  const stop = new AbortController();
  const waiting = view.until(1, stop.signal);
  const reason = new Error("enough");
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(view.until(1, stop.signal)).rejects.toBe(reason);
});

test("events of a game's own aggregates change nothing", () => {
  const { view, apply } = createWorldView();
  apply(recorded(1, "lantern/old", 1, { type: "LanternLit", data: { by: "ann" } }));
  expect(view.counts()).toEqual({ rooms: 0, things: 0, players: 0 });
  expect(view.position()).toBe(1);
  expect(view.firstRoom()).toBeUndefined();
});
