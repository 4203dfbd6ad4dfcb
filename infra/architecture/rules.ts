import { dirname, normalize } from "node:path/posix";
import type { Part } from "./house.ts";
import { engineEntries, house, testEntries, testPackages } from "./house.ts";
import type { Import } from "./imports.ts";
import type { SourceFile, WorkspacePackage } from "./workspace.ts";

const scope = "@aethyr/";

/** Every broken rule of a workspace, one sentence each, naming file and line; empty when the house stands. */
export function violations(workspace: readonly WorkspacePackage[], parts: readonly Part[] = house): readonly string[] {
  const missing = parts
    .filter(({ folder }) => !workspace.some((pkg) => pkg.folder === folder))
    .map(({ folder }) => `${folder}: the table names it, but it has no package.json`);
  return [
    ...missing,
    ...workspace.flatMap((pkg) => {
      const part = parts.find(({ folder }) => folder === pkg.folder);
      if (part === undefined) return [`${pkg.folder}: add it to the table in infra/architecture/house.ts`];
      return [...manifestViolations(pkg, part), ...pkg.files.flatMap((file) => fileViolations(file, pkg, part, workspace))];
    }),
  ];
}

function manifestViolations({ folder, manifest }: WorkspacePackage, part: Part): readonly string[] {
  const at = `${folder}/package.json`;
  const refuse = (names: readonly string[], test: boolean): readonly string[] =>
    names.flatMap((name) => {
      const reason = refusal(name, part, test);
      return reason === undefined ? [] : [`${at}: ${reason}`];
    });
  return [...refuse(Object.keys(manifest.dependencies ?? {}), false), ...refuse(Object.keys(manifest.devDependencies ?? {}), true)];
}

function fileViolations(file: SourceFile, pkg: WorkspacePackage, part: Part, workspace: readonly WorkspacePackage[]): readonly string[] {
  return file.imports.flatMap((imported) => {
    const reason = imported.specifier.startsWith(".")
      ? relativeRefusal(file.path, imported, part)
      : packageRefusal(file.path, imported.specifier, pkg, part, workspace);
    return reason === undefined ? [] : [`${file.path}:${imported.line}: ${reason}`];
  });
}

function relativeRefusal(path: string, { specifier }: Import, part: Part): string | undefined {
  const target = normalize(`${dirname(path)}/${specifier}`);
  if (!target.startsWith(`${part.folder}/`)) return `"${specifier}" leaves its package; import the other package by its name`;
  if (isTestCode(target, part) && !isTestCode(path, part)) return `"${specifier}" is test code; only tests may import it`;
  return undefined;
}

function packageRefusal(
  path: string,
  specifier: string,
  pkg: WorkspacePackage,
  part: Part,
  workspace: readonly WorkspacePackage[],
): string | undefined {
  if (specifier.startsWith("node:")) return undefined;
  const test = isTestCode(path, part);
  const name = packageNameOf(specifier);
  const reason = refusal(name, part, test || part.folder === "bench");
  if (reason !== undefined) return reason;
  if (!isDeclared(name, pkg, test)) return `${name} is not declared in ${part.folder}/package.json${test ? "" : " as a dependency"}`;
  return name.startsWith(scope) ? entryRefusal(path, specifier, name, part, workspace) : undefined;
}

/** Whether the part may lean on a package at all; `test`: from its tests. */
function refusal(name: string, part: Part, test: boolean): string | undefined {
  if (!name.startsWith(scope)) {
    if (testPackages.has(name)) return test ? undefined : `${name} is for tests; keep it to tests, testing and contract folders`;
    if (test || part.npm === undefined || part.npm.includes(name)) return undefined;
    return `${part.folder} may not use ${name}; its third-party packages are ${part.npm.join(", ")}`;
  }
  const bare = name.slice(scope.length);
  if (part.folder.endsWith(`/${bare}`) || part.uses.includes(bare)) return undefined;
  if (test && (bare === "servers" || part.tests.includes(bare))) return undefined;
  return `no arrow leads from ${part.folder} to ${name}`;
}

function entryRefusal(
  path: string,
  specifier: string,
  name: string,
  part: Part,
  workspace: readonly WorkspacePackage[],
): string | undefined {
  const entry = specifier.slice(name.length + 1);
  const target = workspace.find(({ manifest }) => manifest.name === name);
  if (!Object.hasOwn(target?.manifest.exports ?? {}, entry === "" ? "." : `./${entry}`)) {
    return `"${specifier}" is no entry of ${name}; import what its package.json exports`;
  }
  const bench = part.folder === "bench";
  if (testEntries.has(entry) && !bench && !isTestCode(path, part)) return `"${specifier}" is for tests; keep it out of product code`;
  const engineUsers = engineEntries.get(specifier.slice(scope.length));
  if (engineUsers === undefined || bench || path.endsWith(".int.test.ts") || engineUsers.some((user) => path.startsWith(user)))
    return undefined;
  return `"${specifier}" is a real engine; only ${engineUsers.join(", ")}, bench and *.int.test.ts may name it`;
}

/** Tests, their fixtures, folders called `testing` or `contract`, and files called `test-….ts`. */
function isTestCode(path: string, { folder }: Part): boolean {
  const inside = path.slice(folder.length);
  return /\.(test|fixture)\.ts$|\/(testing|contract)\/|\/test-[^/]+$/.test(inside);
}

function isDeclared(name: string, { manifest }: WorkspacePackage, test: boolean): boolean {
  const declared = test ? { ...manifest.devDependencies, ...manifest.dependencies } : (manifest.dependencies ?? {});
  return manifest.name === name || Object.hasOwn(declared, name);
}

function packageNameOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}
