import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** A temporary folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aethyr-servers-test-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes an executable file and answers its path. */
export async function writeExecutable(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

/** Text of a shell script. */
export function shellScript(body: string): string {
  return `#!/bin/sh\n${body}\n`;
}

/** Text of a program that greets like a nats-server under the name and port it was given, after `prelude`. Asked for its version, it answers and ends. */
export function fakeNats(prelude = ""): string {
  return `#!${process.execPath}
if (process.argv[2] === "--version") { console.log("nats-server: v9.8.7"); process.exit(0); }
const after = (flag) => process.argv[process.argv.indexOf(flag) + 1];
const { createServer } = require("node:net");
const { existsSync, writeFileSync } = require("node:fs");
${prelude}
console.log("fake nats on " + after("--port"));
createServer((socket) => {
  socket.on("error", () => {});
  socket.write("INFO " + JSON.stringify({ server_name: after("--name") }) + "\\r\\n");
}).listen(Number(after("--port")), "127.0.0.1");
`;
}

/** Waits until a condition holds; the test's own timeout is the bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
