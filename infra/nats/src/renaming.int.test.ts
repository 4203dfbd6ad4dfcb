import { ensureServer, startNats } from "@aethyr/servers";
import { describe, expect, test } from "vitest";
import { natsServerConfig, roles, type Role } from "./index.ts";
import { openRawClient } from "./raw-client.fixture.ts";

const binary = await ensureServer("nats");
const [from, to] = ["skerrow", "midgaard"] as const;
const passwords = Object.fromEntries(roles.map((role) => [role, `password of ${role}`])) as Readonly<Record<Role, string>>;

describe.skipIf(binary === undefined)("who gives a world another name, on a real nats-server", () => {
  test("[G11] takes from the one and fills the other, and may do nothing else in either, nor anything in a third", async () => {
    const config = natsServerConfig({ world: from, passwords, partitions: 4, renaming: { to, password: "of the renamer" } });
    await using server = await startNats({ config });
    const client = await openRawClient(server.port, "rename", "of the renamer");
    const publishing: Readonly<Record<string, boolean>> = {
      [`$JS.API.STREAM.MSG.GET.CMD_${from}`]: true,
      [`$JS.API.STREAM.MSG.DELETE.CMD_${from}`]: true,
      [`$JS.API.STREAM.MSG.DELETE.CMD_${to}`]: false,
      [`$JS.API.STREAM.CREATE.CMD_${to}`]: true,
      [`carry.${to}.room.hall`]: true,
      [`carry.${from}.room.hall`]: false,
      [`$JS.API.STREAM.MSG.GET.KV_keys_${from}`]: true,
      [`$KV.keys_${from}.x`]: false,
      [`$KV.keys_${to}.x`]: true,
      [`$JS.API.STREAM.MSG.DELETE.KV_keys_${to}`]: false,
      [`$KV.leases_${from}.0`]: false,
      [`$KV.leases_${to}.0`]: false,
      ...Object.fromEntries(
        [from, to, "other"].flatMap((world) =>
          [
            ...["cmd", "req", "evt"].map((root) => `${root}.${world}.room.hall`),
            ...["CMD", "EVT", "DLQ", "KV_keys"].flatMap((name) => [
              `$JS.API.STREAM.PURGE.${name}_${world}`,
              `$JS.API.STREAM.DELETE.${name}_${world}`,
            ]),
          ].map((subject) => [subject, false] as const),
        ),
      ),
      "$KV.keys_other.x": false,
      "$JS.API.STREAM.MSG.GET.KV_keys_other": false,
    };
    const taken: Record<string, boolean> = {};
    for (const subject of Object.keys(publishing)) taken[subject] = await client.publish(subject);
    expect(taken).toEqual(publishing);
    for (const subject of [">", `req.${from}.>`, `req.${to}.>`, `cmd.${from}.>`]) expect(await client.subscribe(subject)).toBe(false);
    client.close();
  });
});
