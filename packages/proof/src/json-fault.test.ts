import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonFault } from "./json-fault.ts";

test.each([
  [`{"immudb":{"password":'hunter2'}}`, "line 1, column 23"],
  ['{\n  "a": 1,\n  b: 2\n}', "line 3, column 3"],
  ["a-secret-token\n", "line 1, column 1"],
  ['{"a":[1,2', "at its end"],
  ["", "at its end"],
  ["[1,]", "line 1, column 4"],
  ['{"a" 1}', "line 1, column 6"],
  ['{"a":1,}', "line 1, column 8"],
  ["[1]\n x", "line 2, column 2"],
  ["nul", "line 1, column 1"],
])("the place in %j is %s", (text, place) => expect(jsonFault(text)).toBe(place));

test("whatever is put into a JSON text, the place is not before it, and nothing of the text is told", () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, pick) => {
      const at = pick % (text.length + 1);
      const broken = `${text.slice(0, at)}\u0001secret${text.slice(at)}`;
      const [, line, column] = /^line (\d+), column (\d+)$/.exec(jsonFault(broken)) ?? [];
      expect(line).toBe("1");
      // A string or a number begins before what is wrong with it.
      expect(Number(column)).toBeLessThanOrEqual(at + 1);
      expect(() => void JSON.parse(broken)).toThrow();
      expect(jsonFault(text)).toBe("at its end");
    }),
  );
});
