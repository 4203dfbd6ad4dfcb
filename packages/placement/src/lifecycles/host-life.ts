import { createMachine } from "xstate";
import { stepsOf } from "./chart-steps.ts";

export type HostState = "joining" | "serving" | "draining" | "left";

/** The life of a host in its world. `draining`: gives away what it has and takes nothing; there is no way back but to start anew. */
export const hostLife = createMachine({
  id: "host",
  initial: "joining",
  states: {
    joining: { on: { JOINED: "serving", LEAVE: "left" } },
    serving: { on: { DRAIN: "draining" } },
    draining: { on: { LEAVE: "left" } },
    left: {},
  },
});

export type HostEvent = "JOINED" | "DRAIN" | "LEAVE";

export const nextHostState = stepsOf<HostState, HostEvent>(hostLife);
