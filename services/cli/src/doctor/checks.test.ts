import { expect, test } from "vitest";
import { examined, ok } from "./check.ts";
import { spaceCheck } from "./folder-checks.ts";
import { nodeCheck } from "./machine-checks.ts";
import { rightsCheck, writeCheck } from "./store-checks.ts";

test.each([
  ["24.0.0", "ok"],
  ["26.1.0", "ok"],
  ["20.11.1", "fail"],
])("Node %s is %s", (version, status) => {
  expect(nodeCheck(version)).toMatchObject({ status, found: version, advice: status === "ok" ? null : expect.stringContaining("Node 24") });
});

test.each([
  [99, "fail"],
  [100, "warn"],
  [1023, "warn"],
  [1024, "ok"],
])("%i MiB of free disk are %s", (mebibytes, status) => {
  expect(spaceCheck(mebibytes * 1024 * 1024)).toMatchObject({ status, found: `${mebibytes} MiB free` });
});

test("a check that cannot be made has failed, and says why", async () => {
  await expect(examined("disk", () => ok("disk", "there"))).resolves.toMatchObject({ status: "ok" });
  const denied = async () => Promise.reject(Object.assign(new Error("not permitted"), { code: "EACCES" }));
  await expect(examined("disk", denied)).resolves.toEqual({ check: "disk", status: "fail", found: "EACCES", advice: "not permitted" });
  const odd = async () => Promise.reject(new Error("odd"));
  await expect(examined("disk", odd)).resolves.toMatchObject({ status: "fail", found: "error", advice: "odd" });
});

test.each([
  [{}, "ok", "ok"],
  [{ username: "immudb", isAdministrator: true }, "warn", "ok"],
  [{ mayAppend: false }, "fail", "ok"],
  [{ mayKeepSnapshots: false }, "ok", "fail"],
])("what an ImmuDB lets its user do: %j", (differs, rights, write) => {
  const probe = {
    address: "127.0.0.1:3322",
    database: "aethyr",
    username: "aethyr_append",
    encrypted: false,
    isAdministrator: false,
    ms: 5,
    logId: "1",
    tx: 1,
    mayAppend: true,
    mayKeepSnapshots: true,
    ...differs,
  };
  expect([rightsCheck(probe).status, writeCheck(probe).status]).toEqual([rights, write]);
});
