import { actorsList } from "./commands/actors-list.ts";
import { aggregateCustody } from "./commands/aggregate-custody.ts";
import { aggregateDiff } from "./commands/aggregate-diff.ts";
import { aggregateHistory } from "./commands/aggregate-history.ts";
import { aggregateShow } from "./commands/aggregate-show.ts";
import { aggregateVerify } from "./commands/aggregate-verify.ts";
import { commandList } from "./commands/command-list.ts";
import { commandSend } from "./commands/command-send.ts";
import { configCheck } from "./commands/config-check.ts";
import { configShow } from "./commands/config-show.ts";
import { deadLetterDrop } from "./commands/deadletter-drop.ts";
import { deadLetterList } from "./commands/deadletter-list.ts";
import { deadLetterRetry } from "./commands/deadletter-retry.ts";
import { deadLetterShow } from "./commands/deadletter-show.ts";
import { doctor } from "./commands/doctor.ts";
import { eventsTail } from "./commands/events-tail.ts";
import { evidenceCheck } from "./commands/evidence-check.ts";
import { logCheckpoint } from "./commands/log-checkpoint.ts";
import { logVerify } from "./commands/log-verify.ts";
import { partitionsDrain } from "./commands/partitions-drain.ts";
import { partitionsList } from "./commands/partitions-list.ts";
import { partitionsMove } from "./commands/partitions-move.ts";
import { partitionsResize } from "./commands/partitions-resize.ts";
import { passwordHash } from "./commands/password-hash.ts";
import { passwordSet } from "./commands/password-set.ts";
import { projectionCompare } from "./commands/projection-compare.ts";
import { projectionDrop } from "./commands/projection-drop.ts";
import { projectionList } from "./commands/projection-list.ts";
import { projectionParked } from "./commands/projection-parked.ts";
import { projectionRebuild } from "./commands/projection-rebuild.ts";
import { projectionResume } from "./commands/projection-resume.ts";
import { projectionRetry } from "./commands/projection-retry.ts";
import { projectionSkip } from "./commands/projection-skip.ts";
import { projectionSwitch } from "./commands/projection-switch.ts";
import { serversInstall } from "./commands/servers-install.ts";
import { serversStart } from "./commands/servers-start.ts";
import { serversStatus } from "./commands/servers-status.ts";
import { serversStop } from "./commands/servers-stop.ts";
import { sql } from "./commands/sql.ts";
import { storeBackup } from "./commands/store-backup.ts";
import { storeInit } from "./commands/store-init.ts";
import { storeMigrate } from "./commands/store-migrate.ts";
import { storeQuarantine } from "./commands/store-quarantine.ts";
import { storeRestore } from "./commands/store-restore.ts";
import { worldExport } from "./commands/world-export.ts";
import { worldImport } from "./commands/world-import.ts";
import { worldRebuild } from "./commands/world-rebuild.ts";
import { worldRename } from "./commands/world-rename.ts";
import { worldSplit } from "./commands/world-split.ts";
import { worldStats } from "./commands/world-stats.ts";
import type { Noun, Verb } from "./verb.ts";

/** Everything that can be typed. */
export const nouns: readonly Noun[] = [
  { name: "world", summary: "the world as a whole", verbs: [worldImport, worldExport, worldSplit, worldRename, worldStats, worldRebuild] },
  {
    name: "aggregate",
    summary: "one room, player or thing",
    verbs: [aggregateShow, aggregateHistory, aggregateDiff, aggregateCustody, aggregateVerify],
  },
  { name: "command", summary: "commands to the world", verbs: [commandList, commandSend] },
  { name: "events", summary: "what happens in the world", verbs: [eventsTail] },
  { name: "actors", summary: "what is in memory", verbs: [actorsList] },
  {
    name: "deadletter",
    summary: "commands that no host could deal with",
    verbs: [deadLetterList, deadLetterShow, deadLetterRetry, deadLetterDrop],
  },
  {
    name: "partitions",
    summary: "which host has which part of the world",
    verbs: [partitionsList, partitionsMove, partitionsDrain, partitionsResize],
  },
  { name: "log", summary: "the log that everything is in, and whether it is as it was written", verbs: [logVerify, logCheckpoint] },
  { name: "evidence", summary: "what proves the history of an aggregate", verbs: [evidenceCheck] },
  {
    name: "projection",
    summary: "the read models: tables that are made from the events, for SQL",
    verbs: [
      projectionList,
      projectionRebuild,
      projectionCompare,
      projectionSwitch,
      projectionDrop,
      projectionParked,
      projectionRetry,
      projectionSkip,
      projectionResume,
    ],
  },
  { name: "password", summary: "passwords of players", verbs: [passwordHash, passwordSet] },
  { name: "config", summary: "the configuration", verbs: [configShow, configCheck] },
  { name: "store", summary: "where the events are kept", verbs: [storeInit, storeMigrate, storeBackup, storeRestore, storeQuarantine] },
  {
    name: "servers",
    summary: "the NATS and ImmuDB servers of this machine",
    verbs: [serversInstall, serversStart, serversStop, serversStatus],
  },
];

/** What has no noun. */
export const bareVerbs: readonly Verb[] = [sql, doctor];
