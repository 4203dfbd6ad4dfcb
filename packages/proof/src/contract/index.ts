export { provableLogContract, type LogUnderTest, type ProvableLogSubject } from "./provable-log-contract.ts";
