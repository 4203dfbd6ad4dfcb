import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { CliOptions, Reporter, TestModule, TestSpecification, Vitest } from "vitest/node";
import { createVitest, ReportersMap, startVitest } from "vitest/node";
import type { Choice, FileResult, RepeatLimits } from "./choose-repeat.ts";
import { chooseRepeat } from "./choose-repeat.ts";

type Reporters = Extract<NonNullable<CliOptions["reporters"]>, readonly unknown[]>;

/** How everything is run. */
export interface WholeRun {
  /** Vitest's, coverage and its thresholds included. */
  readonly options: CliOptions;
  /** What reports the result: of the first run, or of both when files were repeated. */
  readonly reporters: Reporters;
  readonly limits: RepeatLimits;
  readonly write: (text: string) => void;
}

/**
 * Runs everything, and the files that failed once more by themselves, in new processes: what failed because a server of the file, or the
 * process itself, had died does not fail again. Results and coverage of both runs are put together by Vitest, as it does for the parts of a
 * divided run, so thresholds are held over the whole; a file that fails twice has failed. Answers with the run that counts, and leaves its exit
 * code in `process.exitCode`.
 */
export async function runWhole({ options, reporters, limits, write }: WholeRun): Promise<Vitest> {
  const folder = mkdtempSync(join(tmpdir(), "aethyr-tests-"));
  try {
    const first = keepWhatIsNotRepeated(join(folder, "first.json"), limits);
    const vitest = await startVitest([], { ...options, reporters: ["default", ...reporters, first.reporter] });
    const choice = first.choice();
    if (choice.because !== undefined) write(`\ntests: nothing is run once more, as ${choice.because}\n`);
    if (choice.repeat === undefined) return vitest;
    write(`\ntests: not everything came to a good end; once more, in new processes, ${namesOf(choice.repeat, vitest)}\n\n`);
    // What counts from here on is the result of both.
    process.exitCode = 0;
    await runAgain(choice.repeat, { ...options, reporters: ["default", ["blob", { outputFile: join(folder, "second.json") }]] });
    process.exitCode = 0;
    write("\ntests: both runs together:\n");
    const both = await startVitest([], { ...options, mergeReports: folder, reporters });
    const states = new Map(both.state.getTestModules().map((module) => [keyOf(module.project.name, module.moduleId), module.state()]));
    const mended = choice.repeat.filter(({ project, file }) => states.get(keyOf(project, file)) === "passed");
    if (mended.length > 0)
      write(`\ntests: a defect of the test or of what it tests: passed only at the second run, ${namesOf(mended, vitest)}\n`);
    return both;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Chooses what is repeated, and writes the report on all other files, with the coverage of the whole run. */
function keepWhatIsNotRepeated(outputFile: string, limits: RepeatLimits): { readonly reporter: Reporter; readonly choice: () => Choice } {
  const blob = new ReportersMap.blob({ outputFile });
  let asked: readonly TestSpecification[] = [];
  let choice: Choice = {};
  const reporter: Reporter = {
    onInit: (vitest) => blob.onInit(vitest),
    onTestRunStart: (specifications) => void (asked = specifications),
    onCoverage: (coverage) => blob.onCoverage(coverage),
    onTestRunEnd: async (modules, errors) => {
      choice = chooseRepeat(resultsOf(asked, modules), errors, limits);
      if (choice.repeat === undefined) return;
      const repeated = new Set(choice.repeat.map(({ project, file }) => keyOf(project, file)));
      // The errors were made by the files that are repeated; those of the second run count.
      await blob.onTestRunEnd(
        modules.filter(({ project, moduleId }) => !repeated.has(keyOf(project.name, moduleId))),
        [],
      );
    },
  };
  return { reporter, choice: () => choice };
}

/** Of every file that was asked for: one whose process ended before it told its tests has no module. */
function resultsOf(asked: readonly TestSpecification[], modules: readonly TestModule[]): readonly FileResult[] {
  const states = new Map(modules.map((module) => [keyOf(module.project.name, module.moduleId), module.state()]));
  return asked.map(({ project, moduleId }) => ({
    project: project.name,
    file: moduleId,
    state: states.get(keyOf(project.name, moduleId)),
  }));
}

/** Runs these files, each in its own project alone. The thresholds are not for a part. */
async function runAgain(files: readonly FileResult[], options: CliOptions): Promise<void> {
  const { thresholds: _, ...coverage } = options.coverage ?? {};
  const vitest = await createVitest({ ...options, watch: false, coverage: { ...coverage, reporter: [] } });
  try {
    await vitest.standalone();
    await vitest.runTestSpecifications(
      files.map(({ project, file }) => vitest.getProjectByName(project).createSpecification(file)),
      false,
    );
  } finally {
    await vitest.close();
  }
}

const keyOf = (project: string, file: string): string => `${project}\0${file}`;

const namesOf = (files: readonly FileResult[], { config }: Vitest): string =>
  `${files.length} of the files:${files.map(({ project, file }) => `\n  ${project}: ${relative(config.root, file)}`).join("")}`;
