import type { Text } from "../texts/text.ts";
import type { SeenThing } from "../view/seen.ts";
import type { WorldView } from "../view/world-view.ts";

/** Somebody whose screen is on this node. */
export type Viewer = {
  /** Id of the player. */
  readonly id: string;
  /** One line, or several. */
  tell(text: Text): void;
  /** Shows the place in which they are now. */
  arrive(): void;
  /** A thing came to where they see it listed, left, or is another now. */
  item(change: "Add" | "Remove" | "Update", where: "inv" | "room", thing: SeenThing): void;
  /** Their character is no more. */
  end(text: string): void;
};

/** What a telling is told from: the world as it is known, and who watches. */
export type Scene = {
  readonly view: WorldView;
  isOnline(playerId: string): boolean;
  viewer(playerId: string): Viewer | undefined;
  viewersIn(place: string): readonly Viewer[];
};

/** Tells the one who acts one thing, everybody else in the place another, and the one whom it concerns a third. */
export function act(
  scene: Scene,
  place: string | null,
  said: {
    readonly actor: string;
    /** "" tells nothing. */
    readonly you: Text;
    readonly others: Text;
    readonly target?: { readonly id: string; readonly you: string };
  },
): void {
  const told = new Set<string>();
  const tell = (viewer: Viewer | undefined, text: Text): void => {
    if (viewer === undefined || told.has(viewer.id)) return;
    told.add(viewer.id);
    if (text !== "") viewer.tell(text);
  };
  tell(scene.viewer(said.actor), said.you);
  if (said.target !== undefined) tell(scene.viewer(said.target.id), said.target.you);
  for (const viewer of place === null ? [] : scene.viewersIn(place)) tell(viewer, said.others);
}
