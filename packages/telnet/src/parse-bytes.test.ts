import { expect, it } from "vitest";
import { createByteParser } from "./parse-bytes.ts";

it("gives a subnegotiation of as many bytes as it keeps, and none of one more", () => {
  const heard: number[] = [];
  const parse = createByteParser(
    { data() {}, command() {}, negotiation() {}, subnegotiation: (_, payload) => void heard.push(payload.length) },
    8,
  );
  for (const length of [8, 9, 0, 7]) parse(Uint8Array.from([255, 250, 201, ...Array.from({ length }, () => 120), 255, 240]));
  expect(heard).toEqual([8, 0, 7]);
});
