import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createGmcpClient, formatGmcp, parseGmcp } from "./gmcp.ts";

const unanswered = (): void => expect.fail("an answer that nobody waits for");

describe("GMCP", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(fc.constantFrom("Room.Info", "Char.Items.Inv", "Core"), fc.option(fc.jsonValue(), { nil: undefined }), (name, data) => {
        expect(parseGmcp(formatGmcp(name, data))).toEqual({
          package: name,
          data: data === undefined ? undefined : JSON.parse(JSON.stringify(data)),
        });
      }),
    );
  });

  it.each(["", " ", "Room.Info {", "1.2 {}", "Room..Info {}", `${"x".repeat(101)} 1`, "\u001b[2J 1", "Room.Info undefined"])(
    "takes %j for no message",
    (text) => {
      expect(parseGmcp(text)).toBeUndefined();
    },
  );

  it("sends all packages to a client that names none, else what it named and what is below", () => {
    const client = createGmcpClient();
    expect(client.wants("Room.Info")).toBe(true);
    client.receive({ package: "Core.Supports.Set", data: ["Room 1", "char.items 2", "Comm 0", 7, "x".repeat(200)] }, unanswered);
    expect(["Room.Info", "Char.Items.List", "Core.Goodbye"].map(client.wants)).toEqual([true, true, true]);
    expect(["Char.Vitals", "Rooms.Info", "Comm.Channel.Text"].map(client.wants)).toEqual([false, false, false]);
    client.receive({ package: "Core.Supports.Add", data: ["Comm 1"] }, unanswered);
    client.receive({ package: "Core.Supports.Remove", data: ["Room"] }, unanswered);
    expect(["Comm.Channel.Text", "Room.Info", "Char.Items.List"].map(client.wants)).toEqual([true, false, true]);
    client.receive({ package: "Core.Supports.Set", data: "Room" }, unanswered);
    expect(client.wants("Room.Info")).toBe(false);
  });

  it("knows the client by its hello, answers its ping, and leaves the rest to the game", () => {
    const client = createGmcpClient();
    const answers: string[] = [];
    expect(client.receive({ package: "Core.Hello", data: { client: "Mud\u001b[2Jlet", version: "4" } }, unanswered)).toBe(true);
    expect(client.receive({ package: "Core.Hello", data: { client: 5 } }, unanswered)).toBe(true);
    expect(client.receive({ package: "Core.KeepAlive", data: undefined }, unanswered)).toBe(true);
    expect(client.receive({ package: "Core.Ping", data: 120 }, (name) => answers.push(name))).toBe(true);
    expect(client.receive({ package: "Char.Items.Inv", data: undefined }, unanswered)).toBe(false);
    expect([client.name(), answers]).toEqual(["Mudlet", ["Core.Ping"]]);
  });

  it("keeps no more modules than its bound, however many are added", () => {
    const client = createGmcpClient();
    for (let round = 0; round < 10; round += 1) {
      client.receive(
        { package: "Core.Supports.Add", data: Array.from({ length: 1_000 }, (_, index) => `m${round}-${index} 1`) },
        unanswered,
      );
    }
    expect([client.wants("m0-199"), client.wants("m0-200"), client.wants("m9-0")]).toEqual([true, false, false]);
  });
});
