import { globSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import type { Import } from "./imports.ts";
import { scanImports } from "./imports.ts";

/** What the rules read of a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A source file of a workspace package. */
export interface SourceFile {
  /** Path in the repository, with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
}

/** A workspace package as it lies on disk. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly files: readonly SourceFile[];
}

const manifests = [
  "packages/*/package.json",
  "services/*/package.json",
  "infra/*/package.json",
  "bench/package.json",
  "docs/*/package.json",
];

/** Reads every workspace package below the root folder, sorted by folder. */
export function readWorkspace(root: string): readonly WorkspacePackage[] {
  return globSync(manifests, { cwd: root })
    .map((path) => forward(dirname(path)))
    .toSorted()
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest,
      files: sourcesOf(root, folder),
    }));
}

function sourcesOf(root: string, folder: string): readonly SourceFile[] {
  return globSync("**/*.{ts,tsx,mts,js,mjs,cjs}", { cwd: join(root, folder), exclude: (name) => name === "node_modules" })
    .map((path) => `${folder}/${forward(path)}`)
    .toSorted()
    .map((path) => ({ path, imports: scanImports(readFileSync(join(root, path), "utf8"), path) }));
}

function forward(path: string): string {
  return path.replaceAll(sep, "/");
}
