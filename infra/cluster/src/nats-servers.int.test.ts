import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bus } from "@aethyr/bus";
import { connectNatsBus } from "@aethyr/bus/nats";
import { natsServerConfig, roles, type Role } from "@aethyr/nats-config";
import { ensureServer } from "@aethyr/servers";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startNatsServers, type NatsServers } from "./nats-servers.ts";

const binary = await ensureServer("nats");
const world = "skerrow";
const passwords = Object.fromEntries(roles.map((role) => [role, `password of ${role}`])) as Readonly<Record<Role, string>>;
const textOf = ({ bytes }: { readonly bytes: Uint8Array }): string => new TextDecoder().decode(bytes);
const until = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 60_000, interval: 20 });

describe.skipIf(binary === undefined)("the NATS servers of a folder", { timeout: 240_000 }, () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  });

  test("[G2] [G11] of three one may be frozen or killed, and all be started again: each role goes on, and what was taken is kept", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aethyr-nats-servers-"));
    closers.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const config = natsServerConfig({ world, passwords, administrator: "secret", partitions: 1 });
    const start = async (): Promise<NatsServers> => {
      const servers = await startNatsServers({ folder, count: 3, config, advertise: true });
      closers.push(() => Promise.all(servers.map((server) => server.stop())));
      return servers;
    };
    /** Connects to one of the servers; the others it hears of. */
    const as = async (role: "host" | "node", url: string): Promise<Bus> => {
      const login = { username: role, password: passwords[role], inboxPrefix: `_INBOX_${role}` };
      const bus = await connectNatsBus({ servers: url, world, partitions: 1, createStreams: role === "host", ...login });
      closers.push(() => bus.close());
      return bus;
    };
    const command = (id: string) => ({
      id,
      target: { type: "room", id: "hall" },
      contentType: "application/json" as const,
      bytes: new TextEncoder().encode(id),
    });
    const taken: string[] = [];
    const serve = (bus: Bus, epoch: number) =>
      bus.serve(
        ({ id, contentType, bytes, respond, acknowledge }) => {
          taken.push(id);
          respond({ contentType, bytes });
          acknowledge();
        },
        { partition: 0, epoch },
      );

    const [first, second] = await start();
    if (second === undefined) throw new Error("there are three");
    const [host, node] = [await as("host", first.url), await as("node", second.url)];
    const serving = await serve(host, 1);
    const answered = (id: string) => until(async () => expect(textOf(await node.request(command(id)))).toBe(id));
    const kept = (id: string) => until(() => node.enqueue(command(id)));
    const reply = Promise.withResolvers<string>();
    await answered("asked");
    await node.enqueue(command("kept"), { onReply: (payload) => reply.resolve(textOf(payload)) });
    expect(await reply.promise).toBe("kept");
    const administrator = await connect({ servers: first.url, user: "administrator", pass: "secret" });
    const { streams } = await jetstreamManager(administrator);
    expect((await streams.info(`CMD_${world}`)).config.num_replicas).toBe(3);
    await administrator.close();

    // The sender's server says nothing any more, and ends nothing.
    await second.kill("SIGSTOP");
    await answered("asked of another");
    await kept("kept by others");
    await second.kill("SIGCONT");
    await first.kill("SIGKILL");
    await answered("asked without the first");
    await kept("kept without the first");
    await until(() => expect(taken).toEqual(expect.arrayContaining(["kept by others", "kept without the first"])));
    await serving.close();
    await kept("kept over all");
    for (const close of closers.splice(1).toReversed()) await close();

    await expect(startNatsServers({ folder, count: 1, config, advertise: true })).rejects.toMatchObject({ code: "other_nats_servers" });
    const [again] = await start();
    await serve(await until(() => as("host", again.url)), 2);
    await until(() => expect(taken).toContain("kept over all"));
  });
});
