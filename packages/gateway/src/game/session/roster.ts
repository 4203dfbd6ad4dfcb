import type { GameParts } from "../game-parts.ts";
import { itemChange, itemList, roomInfo } from "../gmcp.ts";
import type { Viewer } from "../narration/scene.ts";
import type { Presence } from "../broadcast/broadcast.ts";
import { isLater } from "../broadcast/presences.ts";
import type { Sight } from "../sight.ts";
import { describePlace } from "../texts/describe.ts";
import type { Dialogue } from "./dialogue.ts";
import { sendCommand } from "./send-command.ts";

/** Characters that are in the world by way of this node, each with the connection that plays it, if there is one now. */
export type Roster = {
  /** Screens of this node, for what is to be told. */
  viewer(playerId: string): Viewer | undefined;
  /** Brings a character into the world, or back to a new connection; the connection that had it before is told and closed. */
  enter(presence: Presence, dialogue: Dialogue, sight: Sight): Promise<void>;
  /** The character leaves the world, if the session still has it. */
  leave(playerId: string, session: string): Promise<void>;
  /** The connection was lost: the character stays for a while. */
  lose(playerId: string, session: string): Promise<void>;
  /** Somebody else plays the character now, on another node. */
  yieldTo(presence: Presence): void;
  counts(): { readonly characters: number; readonly linkDead: number };
  /** All leave the world, told so. */
  close(text: string): Promise<void>;
};

type Character = {
  readonly presence: Presence;
  readonly viewer: Viewer;
  /** Undefined while the link is dead. */
  readonly dialogue: Dialogue | undefined;
  readonly stopFading: () => void;
};

const takenOver = "Your character is played from somewhere else now. Goodbye.";

export function createRoster(parts: Pick<GameParts, "broadcast" | "client" | "clock" | "log" | "options" | "settle" | "view">): Roster {
  const { broadcast, clock, log, options, view } = parts;
  const characters = new Map<string, Character>();
  const placeOf = (playerId: string): string | null => view.player(playerId)?.containerId ?? null;
  const owned = (playerId: string, session: string): Character | undefined => {
    const character = characters.get(playerId);
    return character?.presence.session === session ? character : undefined;
  };

  /** Who goes gets up from what they sit on: nobody keeps a seat while they are away. */
  async function getUp(playerId: string, session: string): Promise<void> {
    if (owned(playerId, session) === undefined || typeof view.player(playerId)?.sitting?.seatId !== "string") return;
    const path = `player/${playerId}`;
    await sendCommand(parts, { type: "StandUp", path, data: {}, actor: path, correlation: session });
  }

  async function fade(playerId: string, session: string): Promise<void> {
    const character = owned(playerId, session);
    if (character === undefined) return;
    character.stopFading();
    characters.delete(playerId);
    await broadcast.send({ kind: "left", who: character.presence, place: placeOf(playerId) });
  }

  return {
    viewer: (playerId) => {
      const character = characters.get(playerId);
      return character?.dialogue === undefined ? undefined : character.viewer;
    },
    async enter(presence, dialogue, sight) {
      const before = characters.get(presence.player);
      before?.stopFading();
      const again = broadcast.online().has(presence.player);
      characters.set(presence.player, { presence, dialogue, viewer: viewerOn(dialogue, sight), stopFading: () => {} });
      before?.dialogue?.close(takenOver);
      log.info({ player: presence.player, session: presence.session, again }, "a character is in the world");
      await broadcast.send({ kind: again ? "link" : "entered", who: presence, place: placeOf(presence.player) });
    },
    async leave(playerId, session) {
      log.info({ player: playerId, session }, "a character leaves the world");
      await getUp(playerId, session);
      await fade(playerId, session);
    },
    async lose(playerId, session) {
      const character = owned(playerId, session);
      if (character === undefined) return;
      if (view.player(playerId) === undefined) return fade(playerId, session);
      const presence = { ...character.presence, linkDead: true };
      const stopFading = clock.after(options.linkDeadMs, () => {
        getUp(playerId, session)
          .then(() => fade(playerId, session))
          .catch((error: unknown) => log.error({ err: error, player: playerId }, "a character could not leave the world"));
      });
      characters.set(playerId, { ...character, presence, dialogue: undefined, stopFading });
      await broadcast.send({ kind: "link", who: presence, place: placeOf(playerId) });
    },
    yieldTo(presence) {
      const character = characters.get(presence.player);
      const own = character?.presence;
      // A signal of an earlier session may come after a later one's.
      if (own === undefined || own.session === presence.session || isLater(own, presence)) return;
      character?.stopFading();
      characters.delete(presence.player);
      character?.dialogue?.close(takenOver);
    },
    counts: () => ({
      characters: characters.size,
      linkDead: [...characters.values()].filter(({ dialogue }) => dialogue === undefined).length,
    }),
    async close(text) {
      for (const [playerId, { presence, dialogue }] of characters) {
        dialogue?.close(text);
        await fade(playerId, presence.session);
      }
    },
  };
}

function viewerOn(dialogue: Dialogue, sight: Sight): Viewer {
  return {
    id: sight.me().id,
    tell: dialogue.tell,
    arrive() {
      dialogue.write(["", ...describePlace(sight)]);
      dialogue.gmcp(() => roomInfo(sight));
      dialogue.gmcp(() => itemList(sight, "room"));
    },
    item: (change, where, thing) => dialogue.gmcp(() => itemChange(sight, change, where, thing)),
    end: (text) => dialogue.close(text),
  };
}
