export { splitIndex, withIndex } from "../place-in-tx.ts";
