import { aggregatesSuite } from "./testing/aggregates-suite.ts";
import { commandsSuite } from "./testing/commands-suite.ts";
import { custodySuite } from "./testing/custody-suite.ts";
import { deadLettersSuite } from "./testing/dead-letters-suite.ts";
import { diffSuite } from "./testing/diff-suite.ts";
import { momentsSuite } from "./testing/moments-suite.ts";
import { inProcess, overHttp } from "./testing/reach.ts";
import { partitionsSuite } from "./testing/partitions-suite.ts";
import { rebuildMeanwhileSuite } from "./testing/rebuild-meanwhile-suite.ts";
import { rebuildSuite } from "./testing/rebuild-suite.ts";
import { rebuildTroubleSuite } from "./testing/rebuild-trouble-suite.ts";
import { tailSuite } from "./testing/tail-suite.ts";
import { wholeWorldSuite } from "./testing/whole-world-suite.ts";

for (const suite of [
  commandsSuite,
  aggregatesSuite,
  tailSuite,
  wholeWorldSuite,
  momentsSuite,
  diffSuite,
  custodySuite,
  rebuildSuite,
  rebuildTroubleSuite,
  rebuildMeanwhileSuite,
  partitionsSuite,
  deadLettersSuite,
]) {
  suite("operations in process", inProcess);
  suite("operations over HTTP", overHttp);
}
