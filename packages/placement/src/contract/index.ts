export { boardContract, type BoardContract, type BoardUnderTest } from "./board-contract.ts";
