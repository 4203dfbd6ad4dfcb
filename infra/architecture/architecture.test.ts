import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { house } from "./house.ts";
import { scanImports } from "./imports.ts";
import { violations } from "./rules.ts";
import type { Manifest, WorkspacePackage } from "./workspace.ts";
import { readWorkspace } from "./workspace.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the house", () => {
  const workspace = readWorkspace(root);

  test("every import and every package.json keeps to the table of arrows", () => {
    expect(violations(workspace)).toEqual([]);
  });

  test("the scan sees the files it is to guard", () => {
    const kernel = workspace.find(({ folder }) => folder === "packages/kernel");
    expect(kernel?.files.find(({ path }) => path === "packages/kernel/src/index.ts")?.imports.length).toBeGreaterThan(0);
    expect(workspace.flatMap(({ files }) => files).filter(({ path }) => path.includes("node_modules"))).toEqual([]);
  });
});

describe("the rules", () => {
  test.each([
    [
      "a package out of order",
      "packages/kernel/src/a.ts",
      `import { x } from "@aethyr/world";`,
      "no arrow leads from packages/kernel to @aethyr/world",
    ],
    ["an arrow upwards, for a type only", "packages/bus/src/a.ts", `import type { X } from "@aethyr/runtime";`, "no arrow leads"],
    ["a whole world in a process of a cluster", "packages/cluster/src/a.ts", `import { x } from "@aethyr/embedded";`, "no arrow leads"],
    ["a whole world in a service of a cluster", "services/relay/src/a.ts", `import { x } from "@aethyr/embedded";`, "no arrow leads"],
    ["a bus in what every process is made of", "packages/process/src/a.ts", `import { x } from "@aethyr/bus";`, "no arrow leads"],
    ["a service", "bench/src/a.ts", `export { x } from "@aethyr/cli";`, "no arrow leads from bench to @aethyr/cli"],
    ["a service, from a test", "packages/runtime/src/a.int.test.ts", `import "@aethyr/standalone";`, "no arrow leads"],
    [
      "a third-party package in a pure part",
      "packages/world/src/a.ts",
      `import p from "pino";`,
      "its third-party packages are xstate, zod",
    ],
    ["a deep import", "packages/runtime/src/a.ts", `const m = await import("@aethyr/bus/src/index.ts");`, "is no entry of @aethyr/bus"],
    ["a relative path into another package", "packages/runtime/src/a.ts", `export * from "../../bus/src/index.ts";`, "leaves its package"],
    ["a real engine in a package", "packages/runtime/src/a.ts", `import { x } from "@aethyr/bus/nats";`, "is a real engine"],
    [
      "a real engine in a pure test",
      "packages/runtime/src/a.test.ts",
      `import { x } from "@aethyr/event-store/sqlite";`,
      "is a real engine",
    ],
    ["ImmuDB in the runtime", "packages/runtime/src/a.ts", `import { x } from "@aethyr/event-store/immudb";`, "is a real engine"],
    ["a test kit in product code", "packages/runtime/src/a.ts", `import { x } from "@aethyr/bus/contract";`, "is for tests"],
    ["a test runner in product code", "packages/runtime/src/a.ts", `import { test } from "vitest";`, "vitest is for tests"],
    ["our own test code in product code", "packages/runtime/src/a.ts", `import { x } from "./testing/x.ts";`, "is test code"],
    ["the servers in product code", "packages/embedded/src/a.ts", `import { x } from "@aethyr/servers";`, "no arrow leads"],
    ["an import type", "packages/kernel/src/a.ts", `type X = import("@aethyr/bus").X;`, "no arrow leads"],
    ["a require", "packages/kernel/src/a.cjs", `const x = require("@aethyr/bus");`, "no arrow leads"],
    [
      "a require made on the spot",
      "packages/kernel/src/a.ts",
      `const { x } = createRequire(import.meta.url)("@aethyr/bus");`,
      "no arrow leads",
    ],
    ["a package that is not declared", "packages/import/src/a.ts", `import { x } from "left-pad";`, "left-pad is not declared"],
    ["a development dependency in product code", "packages/import/src/a.ts", `import { x } from "@types/x";`, "as a dependency"],
  ])("refuse %s", (_what, path, text, reason) => {
    expect(violations(withFile(path, text))).toEqual([expect.stringMatching(new RegExp(`^${escape(path)}:1: .*${escape(reason)}`))]);
  });

  test.each([
    ["the adapters in a service", "services/cli/src/a.ts", `import "@aethyr/event-store/sqlite"; import "@aethyr/bus/nats";`],
    ["SQLite in the embedded profile", "packages/embedded/src/a.ts", `import "@aethyr/event-store/sqlite";`],
    ["ImmuDB in the embedded profile", "packages/embedded/src/a.ts", `import "@aethyr/event-store/immudb";`],
    ["a real engine in an integration test", "packages/runtime/src/a.int.test.ts", `import "@aethyr/bus/nats"; import "@aethyr/servers";`],
    ["an arrow that only tests have", "packages/import/src/a.test.ts", `import "@aethyr/runtime"; import "vitest";`],
    ["test kits in bench", "bench/src/a.ts", `import "@aethyr/bus/faults";`],
    ["files of the same package, and Node's own", "packages/bus/src/nats/a.ts", `import "../bus.ts"; import "node:fs";`],
    ["an import in a comment or a text", "packages/kernel/src/a.ts", `// import "@aethyr/bus";\nconst x = 'import "@aethyr/bus"';`],
  ])("allow %s", (_what, path, text) => {
    expect(violations(withFile(path, text))).toEqual([]);
  });

  test("refuse an arrow in a package.json, and let tests have their own", () => {
    const workspace = madeUp().map((pkg) =>
      pkg.folder === "packages/protocol"
        ? {
            ...pkg,
            manifest: {
              ...pkg.manifest,
              dependencies: { pino: "1", "@aethyr/bus": "1", "@aethyr/servers": "1" },
              devDependencies: { "@aethyr/servers": "1" },
            },
          }
        : pkg,
    );
    expect(violations(workspace)).toEqual([
      "packages/protocol/package.json: packages/protocol may not use pino; its third-party packages are msgpackr, zod",
      "packages/protocol/package.json: no arrow leads from packages/protocol to @aethyr/bus",
      "packages/protocol/package.json: no arrow leads from packages/protocol to @aethyr/servers",
    ]);
  });

  test("refuse a package that the table does not know, and a row without a package", () => {
    const stranger: WorkspacePackage = { folder: "packages/shed", manifest: { name: "@aethyr/shed" }, files: [] };
    const workspace = [...madeUp().filter(({ folder }) => folder !== "bench"), stranger];
    expect(violations(workspace)).toEqual([
      "bench: the table names it, but it has no package.json",
      "packages/shed: add it to the table in infra/architecture/house.ts",
    ]);
  });
});

test("the import scanner gives the line of every import", () => {
  const text = `import a, {\n  type B,\n} from "a";\nexport * as c from "c";\nawait import(\`d\`);\nconst e = await import(a);`;
  expect(scanImports(text, "x.ts")).toEqual([
    { specifier: "a", line: 1 },
    { specifier: "c", line: 4 },
    { specifier: "d", line: 5 },
  ]);
});

/** A workspace in order, where each part declares all that it may use, and one file. */
function withFile(path: string, text: string): readonly WorkspacePackage[] {
  return madeUp().map((pkg) => (path.startsWith(`${pkg.folder}/`) ? { ...pkg, files: [{ path, imports: scanImports(text, path) }] } : pkg));
}

function madeUp(): readonly WorkspacePackage[] {
  return house.map(({ folder, uses, tests, npm }) => {
    const manifest: Manifest = {
      name: `@aethyr/${folder.split("/").at(-1)}`,
      exports: { ".": "", "./testing": "", "./contract": "", "./faults": "", "./sqlite": "", "./immudb": "", "./nats": "" },
      dependencies: Object.fromEntries([...uses.map((name) => `@aethyr/${name}`), ...(npm ?? [])].map((name) => [name, "1"])),
      devDependencies: Object.fromEntries(
        [...tests, "servers"]
          .map((name) => [`@aethyr/${name}`, "1"])
          .concat([
            ["vitest", "1"],
            ["@types/x", "1"],
          ]),
      ),
    };
    return { folder, manifest, files: [] };
  });
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
