import type { Traits } from "@aethyr/world";
import type { Presence } from "./broadcast/broadcast.ts";
import type { SeenPlayer, SeenRoom, SeenThing, Worn } from "./view/seen.ts";
import type { WorldView } from "./view/world-view.ts";

export type Person = { readonly player: SeenPlayer; readonly presence: Presence };

/** What somebody in the world perceives, as of now. */
export type Sight = {
  me(): SeenPlayer;
  here(): SeenRoom | undefined;
  room(id: string): SeenRoom | undefined;
  roomOf(player: SeenPlayer): SeenRoom | undefined;
  /** The others who are here now. */
  people(): readonly Person[];
  things(): readonly SeenThing[];
  carried(): readonly SeenThing[];
  worn(): readonly Worn[];
  wornBy(path: string): readonly Worn[];
  /** What is in something. */
  inside(path: string): readonly SeenThing[];
  thing(id: string): SeenThing | undefined;
  player(id: string): SeenPlayer | undefined;
  traits(thing: SeenThing): Traits;
  /** Everybody who is in the world now, the longest there first. */
  online(): readonly Presence[];
  /** How much of what there is. */
  counts(): ReturnType<WorldView["counts"]>;
};

export function createSight(view: WorldView, online: () => ReadonlyMap<string, Presence>, playerId: string): Sight {
  // A character that was deleted a moment ago is still asked for once.
  const nobody: SeenPlayer = {
    id: playerId,
    path: `player/${playerId}`,
    name: "Nobody",
    admin: false,
    containerId: null,
    sitting: null,
    pose: "",
  };
  const me = (): SeenPlayer => view.player(playerId) ?? nobody;
  const herePath = (): string => me().containerId ?? "";
  return {
    me,
    here: () => view.roomAt(me().containerId),
    room: view.room,
    roomOf: (player) => view.roomAt(player.containerId),
    people: () =>
      view.playersIn(herePath()).flatMap((player) => {
        const presence = online().get(player.id);
        return presence === undefined || player.id === playerId ? [] : [{ player, presence }];
      }),
    things: () => view.thingsIn(herePath()),
    carried: () => view.thingsIn(me().path),
    worn: () => view.wornBy(me().path),
    wornBy: view.wornBy,
    inside: view.thingsIn,
    thing: view.thing,
    player: view.player,
    traits: view.traits,
    online: () => [...online().values()].sort((one, other) => one.since - other.since),
    counts: view.counts,
  };
}
