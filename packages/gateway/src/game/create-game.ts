import type { Json, RecordedEvent } from "@aethyr/kernel";
import type { Connection } from "../connection.ts";
import type { Broadcast, Signal } from "./broadcast/broadcast.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { Credentials } from "./credentials.ts";
import { followWorld } from "./follow-world.ts";
import type { GameParts } from "./game-parts.ts";
import type { GatewayLog } from "../log.ts";
import { tellSignal } from "./narration/of-signals.ts";
import type { Scene } from "./narration/scene.ts";
import { createTeller } from "./narration/tellings.ts";
import { defaultGameOptions, type GameOptions } from "./options.ts";
import { openDialogue, type Dialogue } from "./session/dialogue.ts";
import { entranceOf } from "./session/entrance.ts";
import { createPasswordGuard } from "./session/password-guard.ts";
import { createRoster } from "./session/roster.ts";
import { runSession } from "./session/session.ts";
import { createWorldView } from "./view/world-view.ts";
import { createUnreadableNotice } from "./unreadable.ts";
import type { WorldClient } from "./world-port.ts";

/** What a game is made of. */
export type GameDependencies = {
  readonly client: WorldClient;
  /** Position of the log's newest event: the game is ready when it has seen what was there at its start. */
  readonly head: () => Promise<number>;
  readonly broadcast: Broadcast;
  readonly credentials: Credentials;
  readonly log: GatewayLog;
  readonly options?: Partial<GameOptions>;
  /** Numbers of the event store, for administrators. */
  readonly statistics?: () => Promise<Readonly<Record<string, Json>>>;
  readonly clock?: Clock;
};

export type GameStats = {
  readonly connections: number;
  readonly characters: number;
  readonly linkDead: number;
  /** Of the last event that the game has shown. */
  readonly position: number;
  readonly rooms: number;
  readonly things: number;
  readonly players: number;
};

/** The game that connected people play. */
export type Game = {
  /** Resolves when the world is in view; rejects where it cannot be read, or when the game is closed before. */
  ready(): Promise<void>;
  /** Takes a connection over, from its first line to its end. */
  accept(connection: Connection): void;
  stats(): GameStats;
  /** Tells everybody, ends every connection, stops following the world. */
  close(text?: string): Promise<void>;
};

/** Starts following the world at once. The parts stay their owner's. */
export function createGame(dependencies: GameDependencies): Game {
  const { client, broadcast, credentials, log, clock = systemClock } = dependencies;
  const options = { ...defaultGameOptions, ...dependencies.options };
  const { view, apply, passOver } = createWorldView();
  const noteUnreadable = createUnreadableNotice(log);
  const closing = new AbortController();
  const guard = createPasswordGuard({ credentials, clock, log, wrongPasswordMs: options.wrongPasswordMs, signal: closing.signal });
  const parts: GameParts = {
    client,
    broadcast,
    guard,
    options,
    clock,
    log,
    view,
    statistics: dependencies.statistics,
    firstCaughtUp,
    caughtUp,
    settle,
  };
  const roster = createRoster(parts);
  const dialogues = new Set<Dialogue>();
  const sessions = new Set<Promise<void>>();

  const scene: Scene = {
    view,
    isOnline: (playerId) => broadcast.online().has(playerId),
    viewer: roster.viewer,
    viewersIn: (place) => view.playersIn(place).flatMap(({ id }) => roster.viewer(id) ?? []),
  };
  const teller = createTeller(scene);
  const listening = broadcast.listen((signal: Signal) => {
    if (signal.kind === "entered" || signal.kind === "link" || signal.kind === "present") roster.yieldTo(signal.who);
    tellSignal(scene, signal);
  });
  const following = followWorld({
    client,
    clock,
    log,
    signal: closing.signal,
    position: view.position,
    take(event) {
      if (event.unreadable !== undefined) {
        noteUnreadable(event);
        passOver(event.position);
        return;
      }
      // Nobody is here while the past is read: nothing is told of it.
      const telling = dialogues.size === 0 ? undefined : told(event, () => teller(event));
      apply(event);
      if (telling !== undefined) told(event, telling);
    },
  });

  /** What cannot be told is passed over: the world goes on for those who see it. */
  function told<T>(event: RecordedEvent, telling: () => T): T | undefined {
    try {
      return telling();
    } catch (error) {
      log.error({ err: error, position: event.position, type: event.type }, "an event could not be told");
      return undefined;
    }
  }

  let wasCaughtUp = false;
  async function caughtUp(): Promise<void> {
    await view.until(await dependencies.head(), closing.signal);
    wasCaughtUp = true;
  }

  // Once it is in view, the world is played whether the log can be asked or not.
  async function firstCaughtUp(): Promise<void> {
    if (!wasCaughtUp) await caughtUp();
  }

  async function settle(position: number): Promise<boolean> {
    const patience = new AbortController();
    const cancel = clock.after(options.settleMs, () => patience.abort());
    try {
      await view.until(position, AbortSignal.any([patience.signal, closing.signal]));
      return true;
    } catch {
      // Only the two signals reject it: the person goes on without having seen.
      return false;
    } finally {
      cancel();
    }
  }

  /** Whoever asked for a room that is not there should not have to find out as a player. */
  function checkEntrance(): void {
    const asked = dependencies.options?.startRoom;
    if (asked === undefined || view.room(asked) !== undefined) return;
    log.warn(
      { startRoom: asked, instead: entranceOf(view, options)?.path ?? null },
      `there is no room/${asked}: new characters begin elsewhere`,
    );
  }

  return {
    async ready() {
      await caughtUp();
      checkEntrance();
    },
    accept(connection) {
      const dialogue = openDialogue(connection, { clock });
      if (closing.signal.aborted) return dialogue.close("This world is closed for now.");
      dialogues.add(dialogue);
      const session = runSession(dialogue, parts, roster)
        .catch((error: unknown) => log.error({ err: error, connection: connection.id }, "a session could not be ended"))
        .finally(() => {
          dialogues.delete(dialogue);
          sessions.delete(session);
        });
      sessions.add(session);
    },
    stats: () => ({ connections: dialogues.size, ...roster.counts(), position: view.position(), ...view.counts() }),
    async close(text = "This world is closed for now. Goodbye.") {
      closing.abort(new Error("the game is closed"));
      listening.close();
      await roster.close(text);
      for (const dialogue of dialogues) dialogue.close(text);
      await Promise.all([...sessions, following]);
    },
  };
}
