import { type Report, WorldFileError } from "./world-file-error.ts";

/** How a reading treats complaints: a strict one ends at the first, a lenient one keeps them and goes on. */
export type Reading = {
  /** A complaint after which the record can still be used. */
  readonly report: Report;
  /** Runs a part whose failure costs only that part: undefined, with its complaint reported, when it failed. */
  readonly salvage: <T>(read: () => T) => T | undefined;
};

export const strictReading: Reading = {
  report: (complaint) => {
    throw complaint;
  },
  salvage: (read) => read(),
};

/** Keeps up to `maxComplaints` in `complaints`; the next one ends the reading with `too_many_complaints`. */
export function lenientReading(complaints: WorldFileError[], maxComplaints = 10_000): Reading {
  const report: Report = (complaint) => {
    if (complaints.length >= maxComplaints) {
      const problem = {
        code: "too_many_complaints",
        source: complaint.source,
        expected: `at most ${maxComplaints} complaints`,
        found: "one more",
      } as const;
      throw new WorldFileError(problem, { cause: complaint });
    }
    complaints.push(complaint);
  };
  return {
    report,
    salvage: (read) => {
      try {
        return read();
      } catch (error) {
        if (!(error instanceof WorldFileError) || error.code === "too_many_complaints") throw error;
        report(error);
        return undefined;
      }
    },
  };
}
