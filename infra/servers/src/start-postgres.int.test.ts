import { existsSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { expect, test, describe } from "vitest";
import { requirePostgres, startPostgres } from "./index.ts";
import { temporaryFolder } from "./test-kit.ts";

const postgres = await requirePostgres();

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });

describe.skipIf(postgres === undefined)("a real PostgreSQL", () => {
  test("it serves with a password, not as root, keeps its data over kill -9, and takes its folder with it", async () => {
    const server = await startPostgres({ password: "p@ss/word" });
    expect(server.url).toBe(`postgres://postgres:p%40ss%2Fword@127.0.0.1:${server.port}/postgres`);
    expect(await answers(server.port)).toBe(true);
    expect(statSync(`${server.dir}/data`).uid).not.toBe(0);
    expect(existsSync(`${server.dir}/.password`)).toBe(false);
    const { pid } = server;
    await server.kill("SIGKILL");
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(await answers(server.port)).toBe(true);
    await server.stop();
    expect(await answers(server.port)).toBe(false);
    expect(existsSync(server.dir)).toBe(false);
  });

  test("a folder that is no database of PostgreSQL is an error that says so", async () => {
    const dir = await temporaryFolder();
    await mkdir(`${dir}/data`);
    await writeFile(`${dir}/data/mine`, "something else");
    await expect(startPostgres({ dir })).rejects.toMatchObject({
      code: "server_start_failed",
      message: expect.stringContaining("initdb") as string,
    });
  });
});

test("a variable that names no binary is an error, and not a reason to take another one", async () => {
  const env = { POSTGRES_BIN: "/nowhere/postgres" };
  await expect(startPostgres({ env })).rejects.toMatchObject({ code: "server_unavailable" });
  await expect(requirePostgres({ env })).rejects.toMatchObject({ code: "server_unavailable" });
});
