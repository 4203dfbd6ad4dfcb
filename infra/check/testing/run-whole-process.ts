import { runWhole } from "../run-whole.ts";

/** `run-whole-process.ts FOLDER`: all tests of a folder, as `pnpm test` runs those of the repository; the results are in its `results.json`. */
const [folder = ""] = process.argv.slice(2);

const vitest = await runWhole({
  options: {
    root: folder,
    config: false,
    watch: false,
    include: ["*.test.ts"],
    coverage: { enabled: true, provider: "v8", include: ["source.ts"], reporter: ["text-summary"], thresholds: { lines: 100 } },
  },
  reporters: [["json", { outputFile: `${folder}/results.json` }]],
  limits: { atMost: 2, onlyKilled: false },
  write: (text) => void process.stdout.write(text),
});
await vitest.exit();
