export { createSmallWorld, type Sent, type SmallWorld } from "./small-world.ts";
export { story } from "./stories.ts";
