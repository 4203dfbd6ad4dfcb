import type { Presence } from "./broadcast/broadcast.ts";
import type { SeenPlayer, SeenRoom, SeenThing, Worn } from "./view/seen.ts";
import type { WorldView } from "./view/world-view.ts";

export type Person = { readonly player: SeenPlayer; readonly presence: Presence };

/** What somebody in the world perceives, as of now. */
export type Sight = {
  /** The whole world, of which they are shown a part. */
  readonly view: WorldView;
  me(): SeenPlayer;
  here(): SeenRoom | undefined;
  /** The others who are here now. */
  people(): readonly Person[];
  things(): readonly SeenThing[];
  carried(): readonly SeenThing[];
  worn(): readonly Worn[];
  /** Everybody who is in the world now, the longest there first. */
  online(): readonly Presence[];
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
    view,
    me,
    here: () => view.roomAt(me().containerId),
    people: () =>
      view.playersIn(herePath()).flatMap((player) => {
        const presence = online().get(player.id);
        return presence === undefined || player.id === playerId ? [] : [{ player, presence }];
      }),
    things: () => view.thingsIn(herePath()),
    carried: () => view.thingsIn(me().path),
    worn: () => view.wornBy(me().path),
    online: () => [...online().values()].sort((one, other) => one.since - other.since),
  };
}
