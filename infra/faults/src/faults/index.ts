import type { Fault } from "../fault.ts";
import { clockJumps } from "./clock.ts";
import { foreignLog } from "./foreign-log.ts";
import { fullDisk } from "./full-disk.ts";
import { growth } from "./growth.ts";
import { killHost } from "./kill-host.ts";
import { killServer } from "./kill-server.ts";
import { exactLimits } from "./limits.ts";
import { badLine } from "./line.ts";
import { sessionLoss } from "./session-loss.ts";
import { wrongDatabase } from "./wrong-database.ts";
import { wrongPassword } from "./wrong-password.ts";

/** All of them, in the order in which they are run. */
export const faults: readonly Fault[] = [
  killServer,
  killHost,
  sessionLoss,
  badLine,
  fullDisk,
  wrongPassword,
  wrongDatabase,
  foreignLog,
  clockJumps,
  exactLimits,
  growth,
];
