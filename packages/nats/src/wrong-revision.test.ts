import { JetStreamApiError } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { isWrongRevision } from "./wrong-revision.ts";

const refused = (code: number): JetStreamApiError => new JetStreamApiError({ code: 400, err_code: code, description: "refused" });

test("[P1] a write over another revision is known as such, also while another write of the key is under way in the cluster", () => {
  expect([10071, 10164].map((code) => isWrongRevision(refused(code)))).toEqual([true, true]);
  expect(isWrongRevision(refused(10077))).toBe(false);
  expect(isWrongRevision(new Error("wrong last sequence"))).toBe(false);
});
