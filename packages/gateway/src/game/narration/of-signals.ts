import type { Signal } from "../broadcast/broadcast.ts";
import type { Text } from "../texts/text.ts";
import { act, type Scene } from "./scene.ts";

const spoken = (text: string): Text => [{ text, style: "speech" }];

/** What people see and hear of a signal. */
export function tellSignal(scene: Scene, signal: Signal): void {
  if (signal.kind === "said") {
    const { from, how, place, text } = signal;
    if (how === "emote") act(scene, place, { actor: from.player, you: `${from.name} ${text}`, others: `${from.name} ${text}` });
    else act(scene, place, { actor: from.player, you: spoken(`You say, "${text}"`), others: spoken(`${from.name} says, "${text}"`) });
    return;
  }
  if (signal.kind === "told") {
    const { from, to, text } = signal;
    scene.viewer(to)?.tell(spoken(`${from.name} tells you, "${text}"`));
    return;
  }
  if (signal.kind === "present") return;
  const { who, place } = signal;
  const words = {
    entered: `${who.name} arrives.`,
    link: who.linkDead ? `${who.name} stares into the distance.` : `${who.name} is back.`,
    left: who.linkDead ? `${who.name} fades away.` : `${who.name} leaves this world for now.`,
  };
  act(scene, place, { actor: who.player, you: "", others: words[signal.kind] });
}
