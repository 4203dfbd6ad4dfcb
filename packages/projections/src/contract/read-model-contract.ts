import { describe } from "vitest";
import { copiesContract } from "./copies-contract.ts";
import { failingContract } from "./failing-contract.ts";
import { useDatabase, type DatabaseSubject } from "./fixture.ts";
import { followingContract } from "./following-contract.ts";
import { foreignLogContract } from "./foreign-log-contract.ts";
import { limitsContract } from "./limits-contract.ts";
import { versionsContract } from "./versions-contract.ts";
import { workersContract } from "./workers-contract.ts";
import { writingContract } from "./writing-contract.ts";

/** What projections must do on every database, as a vitest suite. */
export function readModelContract(subject: DatabaseSubject): void {
  describe(`the read model contract: ${subject.name}`, () => {
    const database = useDatabase(subject);
    writingContract(database);
    followingContract(database);
    failingContract(database);
    copiesContract(database);
    versionsContract(database);
    workersContract(database);
    foreignLogContract(database);
    limitsContract(database);
  });
}
