import { refOf } from "@aethyr/kernel";
import type { gameObjectEvents } from "@aethyr/world";
import { capital } from "../texts/english.ts";
import type { SeenPlayer, SeenThing } from "../view/seen.ts";
import { act, type Scene } from "./scene.ts";
import type { TellingsOf } from "./tellings.ts";

/** What is to be told of the events of things. */
export const ofThings: TellingsOf<typeof gameObjectEvents> = {
  GameObjectCreated:
    (scene, { id }, { containerId }) =>
    () => {
      const thing = scene.view.thing(id);
      if (thing === undefined) return;
      if (containerId?.startsWith("room/") === true)
        for (const viewer of scene.viewersIn(containerId)) viewer.tell(`${capital(thing.name)} is suddenly here.`);
      if (containerId?.startsWith("player/") === true) scene.viewer(refOf(containerId).id)?.tell(`You have ${thing.name} now.`);
      list(scene, "Add", containerId, thing);
    },
  GameObjectContainerUpdated(scene, { id }, { containerId }) {
    const thing = scene.view.thing(id);
    if (thing === undefined) return undefined;
    return () => {
      list(scene, "Remove", thing.containerId, thing);
      tellMove(scene, thing, containerId);
      list(scene, "Add", containerId, scene.view.thing(id) ?? thing);
    };
  },
  GameObjectAttributeUpdated(scene, { id, actor }, { key }) {
    const before = key === "values" ? lidOf(scene, id) : null;
    if (before === null) return undefined;
    return () => {
      const now = lidOf(scene, id);
      if (now !== null && now !== before) tellLid(scene, id, actor, now);
    };
  },
  GameObjectDeleted(scene, { id }) {
    const thing = scene.view.thing(id);
    if (thing === undefined) return undefined;
    return () => {
      const { containerId, name } = thing;
      if (containerId?.startsWith("room/") === true)
        for (const viewer of scene.viewersIn(containerId)) viewer.tell(`${capital(name)} is no more.`);
      if (containerId?.startsWith("player/") === true) scene.viewer(refOf(containerId).id)?.tell(`You have ${name} no more.`);
      list(scene, "Remove", containerId, thing);
    };
  },
};

/** Who moved a thing follows from whence and whither it went: people move things out of and into their own hands. */
function tellMove(scene: Scene, thing: SeenThing, to: string | null): void {
  const { name, containerId: from } = thing;
  const [giver, taker] = [playerAt(scene, from), playerAt(scene, to)];
  if (giver !== undefined && taker !== undefined) {
    act(scene, giver.containerId, {
      actor: giver.id,
      you: `You give ${name} to ${taker.name}.`,
      others: `${giver.name} gives ${name} to ${taker.name}.`,
      target: { id: taker.id, you: `${giver.name} gives you ${name}.` },
    });
  } else if (taker !== undefined) {
    const source = holderName(scene, from);
    const what = source === undefined ? name : `${name} from ${source}`;
    act(scene, taker.containerId, { actor: taker.id, you: `You get ${what}.`, others: `${taker.name} gets ${what}.` });
  } else if (giver !== undefined) {
    const holder = holderName(scene, to);
    const you = holder === undefined ? `drop ${name}` : `put ${name} into ${holder}`;
    const others = holder === undefined ? `drops ${name}` : `puts ${name} into ${holder}`;
    act(scene, giver.containerId, { actor: giver.id, you: `You ${you}.`, others: `${giver.name} ${others}.` });
  } else {
    for (const viewer of isRoom(from) ? scene.viewersIn(from) : []) viewer.tell(`${capital(name)} is suddenly gone.`);
    for (const viewer of isRoom(to) ? scene.viewersIn(to) : []) viewer.tell(`${capital(name)} is suddenly here.`);
  }
}

function tellLid(scene: Scene, id: string, actor: string | null, lid: "open" | "closed"): void {
  const thing = scene.view.thing(id);
  if (thing === undefined) return;
  const place = playerAt(scene, thing.containerId)?.containerId ?? thing.containerId;
  const who = playerAt(scene, actor);
  const verb = lid === "open" ? "open" : "close";
  if (who !== undefined)
    return act(scene, place, { actor: who.id, you: `You ${verb} ${thing.name}.`, others: `${who.name} ${verb}s ${thing.name}.` });
  for (const viewer of place === null ? [] : scene.viewersIn(place)) viewer.tell(`${capital(thing.name)} is ${lid} now.`);
}

/** How a container stands; null for what is none. */
function lidOf({ view }: Scene, id: string): "open" | "closed" | null {
  const thing = view.thing(id);
  return thing === undefined ? null : view.traits(thing).container;
}

/** Lists beside the text of what people carry and of what lies around. */
function list(scene: Scene, change: "Add" | "Remove", place: string | null, thing: SeenThing): void {
  if (place === null) return;
  if (place.startsWith("player/")) scene.viewer(refOf(place).id)?.item(change, "inv", thing);
  if (isRoom(place)) for (const viewer of scene.viewersIn(place)) viewer.item(change, "room", thing);
}

const isRoom = (path: string | null): path is string => path?.startsWith("room/") === true;
const playerAt = ({ view }: Scene, path: string | null): SeenPlayer | undefined =>
  path?.startsWith("player/") === true ? view.player(refOf(path).id) : undefined;
const holderName = ({ view }: Scene, path: string | null): string | undefined =>
  path?.startsWith("game-object/") === true ? (view.thing(refOf(path).id)?.name ?? "something") : undefined;
