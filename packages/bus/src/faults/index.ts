export { withFaults, type Fault, type FaultOptions, type FaultRates, type FaultyBus } from "./with-faults.ts";
