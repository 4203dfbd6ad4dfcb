import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dataDirectory = new URL("../../../../../../shared/data/", import.meta.url);

/** The stock world of CircleMUD 3.1. Its licence keeps it out of this repository; it lies beside it. */
export const stockWorldDirectory = fileURLToPath(new URL("circlemud-3.1/world/", dataDirectory));

const oracleDirectory = new URL("circlemud-3.1-oracle/", dataDirectory);

/**
 * True if the stock world and its oracle are there. Without them the tests that need them are skipped with a warning;
 * in CI (`CI=true`) they run all the same, and so fail.
 */
export function hasStockWorld(): boolean {
  if (existsSync(stockWorldDirectory) && existsSync(oracleDirectory)) return true;
  if (process.env["CI"] === "true") return true;
  process.emitWarning(
    "SKIPPED: the CircleMUD 3.1 stock world is absent. Put it into ../shared/data/circlemud-3.1 and its JSON oracle " +
      "into ../shared/data/circlemud-3.1-oracle to run these tests.",
  );
  return false;
}

/** All records of one kind that the oracle has. */
export function readOracle(kind: string): readonly unknown[] {
  const folder = new URL(`${kind}/`, oracleDirectory);
  return readdirSync(folder).flatMap((name): unknown[] => {
    const records: unknown = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    if (!Array.isArray(records)) throw new Error(`the oracle's ${kind}/${name} holds no list`);
    return records;
  });
}
