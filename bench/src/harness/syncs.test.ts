import { describe, expect, test } from "vitest";
import { parseSyncs } from "./syncs.ts";

describe("fsyncs in the output of strace", () => {
  test("are counted by the file that they are for", () =>
    expect(
      parseSyncs(
        [
          "101 fdatasync(23</d/log/events.sqlite-wal>) = 0",
          "101 fdatasync(23</d/log/events.sqlite-wal>) = 0",
          "101 fdatasync(21</d/log/events.sqlite>) = 0",
          "102 fsync(30</d/log/snapshots.sqlite-wal>) = 0",
          "101 fsync(22</d/log>) = 0",
        ].join("\n"),
      ),
    ).toEqual({ log: 2, checkpoints: 1, snapshots: 1, others: 1 }));
  test("one that is shown in two halves counts once, other lines not at all", () =>
    expect(
      parseSyncs(
        "101 fdatasync(23</d/log/events.sqlite-wal> <unfinished ...>\n101 <... fdatasync resumed>) = 0\n101 +++ exited with 0 +++\n101 write(23</d/log/events.sqlite-wal>) = 1\n",
      ),
    ).toEqual({ log: 1, checkpoints: 0, snapshots: 0, others: 0 }));
});
