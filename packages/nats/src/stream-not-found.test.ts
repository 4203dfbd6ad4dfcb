import { JetStreamApiError } from "@nats-io/jetstream";
import { expect, test } from "vitest";
import { isStreamNotFound } from "./stream-not-found.ts";

const api = (code: number): JetStreamApiError => new JetStreamApiError({ code: 400, err_code: code, description: "said the server" });

test("a stream that is not there is told from a consumer that is not, and from any other failure", () => {
  expect([isStreamNotFound(api(10059)), isStreamNotFound(api(10014)), isStreamNotFound(new Error("x"))]).toEqual([true, false, false]);
});
