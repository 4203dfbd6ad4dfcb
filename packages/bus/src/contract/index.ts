import { describe } from "vitest";
import { deadLettersContract } from "./dead-letters.ts";
import { feedContract } from "./feed.ts";
import { hintsContract } from "./hints.ts";
import { peersContract } from "./peers.ts";
import { queueLaneContract } from "./queue-lane.ts";
import { requestLaneContract } from "./request-lane.ts";
import { sharesContract } from "./shares.ts";
import { type BusContract, onBusOf } from "./support.ts";

export type { BusContract, BusUnderTest, ContractLimits } from "./support.ts";

/** The tests that every adapter passes: call it at the top of a test file. It waits for conditions, never for times. */
export function busContract(contract: BusContract): void {
  describe(`bus contract: ${contract.name}`, () => {
    const onBus = onBusOf(contract);
    queueLaneContract(onBus);
    requestLaneContract(onBus);
    sharesContract(onBus);
    peersContract(onBus);
    deadLettersContract(onBus);
    hintsContract(onBus);
    feedContract(onBus);
  });
}
