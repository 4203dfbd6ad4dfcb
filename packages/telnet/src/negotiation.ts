import type { Verb } from "./codes.ts";

/** Whose behaviour an option is about: `us` is settled by WILL from here and DO from there, `them` the other way round. */
export type Side = "us" | "them";

export type Negotiation = {
  receive(verb: Verb, option: number): void;
  /** Wants an option on or off. Asking again for what is wanted already sends nothing. */
  want(side: Side, option: number, on: boolean): void;
  /** Whether both have agreed that it is on. */
  isOn(side: Side, option: number): boolean;
};

export type NegotiationOptions = {
  readonly send: (verb: Verb, option: number) => void;
  /** Whether the other side may switch this on when it asks first. */
  readonly agrees: (side: Side, option: number) => boolean;
  readonly changed: (side: Side, option: number, on: boolean) => void;
  /** How many requests of the other side are answered in all; those beyond it are refused in silence. */
  readonly maxAnswers: number;
};

/** RFC 1143: two settled states, two in which an answer is due; `flip` says that the opposite will be asked for once it is here. */
type Half = { state: "off" | "on" | "to off" | "to on"; flip: boolean };

/**
 * Negotiates options by the Q method of RFC 1143: an answer is never answered, so two that keep to it settle. One that does not keep to it
 * can make it send no more than `maxAnswers` messages and those that were asked for here: there is no loop with anybody.
 */
export function createNegotiation({ send, agrees, changed, maxAnswers }: NegotiationOptions): Negotiation {
  const halves = { us: new Map<number, Half>(), them: new Map<number, Half>() };
  let answersLeft = maxAnswers;

  const say = (side: Side, option: number, on: boolean): void => {
    if (side === "us") send(on ? "will" : "wont", option);
    else send(on ? "do" : "dont", option);
  };
  /** False where no further answer is given. */
  const answer = (side: Side, option: number, on: boolean): boolean => {
    if (answersLeft === 0) return false;
    answersLeft -= 1;
    say(side, option, on);
    return true;
  };
  const settle = (side: Side, option: number, half: Half, state: "on" | "off"): void => {
    const was = half.state;
    half.state = state;
    half.flip = false;
    // Only options that are on or in question are kept: asking for many others costs no memory.
    if (state === "off") halves[side].delete(option);
    if (state === "on" || was === "on" || was === "to off") changed(side, option, state === "on");
  };
  const reverse = (side: Side, option: number, half: Half, state: "to on" | "to off"): void => {
    half.state = state;
    half.flip = false;
    say(side, option, state === "to on");
  };
  const halfOf = (side: Side, option: number): Half => {
    const known = halves[side].get(option);
    if (known !== undefined) return known;
    const half: Half = { state: "off", flip: false };
    halves[side].set(option, half);
    return half;
  };

  const receiveOn = (side: Side, option: number): void => {
    const known = halves[side].get(option);
    if (known === undefined) {
      const agreed = agrees(side, option);
      if (answer(side, option, agreed) && agreed) settle(side, option, halfOf(side, option), "on");
      return;
    }
    // "to off" answered by "on" is an error of the other side: it counts as what was asked for last.
    if (known.state === "to off") settle(side, option, known, known.flip ? "on" : "off");
    else if (known.state === "to on" && known.flip) reverse(side, option, known, "to off");
    else if (known.state === "to on") settle(side, option, known, "on");
  };
  const receiveOff = (side: Side, option: number): void => {
    const known = halves[side].get(option);
    if (known === undefined) return;
    if (known.state === "on") answer(side, option, false);
    if (known.state === "to off" && known.flip) reverse(side, option, known, "to on");
    else settle(side, option, known, "off");
  };

  return {
    receive(verb, option) {
      if (verb === "do") receiveOn("us", option);
      else if (verb === "dont") receiveOff("us", option);
      else if (verb === "will") receiveOn("them", option);
      else receiveOff("them", option);
    },
    want(side, option, on) {
      const known = halves[side].get(option);
      if (known === undefined) {
        if (on) reverse(side, option, halfOf(side, option), "to on");
      } else if (known.state === "on") {
        if (!on) reverse(side, option, known, "to off");
      } else if (known.state === "to on") known.flip = !on;
      else known.flip = on;
    },
    isOn: (side, option) => halves[side].get(option)?.state === "on",
  };
}
