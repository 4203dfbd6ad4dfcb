import { expect, test } from "vitest";
import { nameOfMachine } from "./host-world.ts";

test("a host without a name has its machine's, the same each time", () => {
  expect(nameOfMachine("alpha-1")).toBe("alpha-1");
  expect(nameOfMachine("alpha.example.com")).toBe("alpha-example-com");
});

test("[A18] a machine's name that cannot be a host's is refused, with what to configure", () => {
  for (const name of ["", "über", "a".repeat(65)])
    expect(() => nameOfMachine(name)).toThrow(
      expect.objectContaining({ code: "invalid_config", problems: [expect.stringMatching(/^placement\.host is not given/)] }),
    );
});
