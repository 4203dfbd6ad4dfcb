import { expect, test } from "vitest";
import { callOf, documentedLines, placeholderIn } from "./testing/documented-lines.ts";

const page = `
npx -y pnpm aethyr outside of a block

\`\`\`sh
npx -y pnpm start
$ npx -y pnpm aethyr world stats   # what is there
# npx -y pnpm aethyr a comment
AETHYR_DATA=/tmp/x npx -y pnpm aethyr doctor
npx -y pnpm aethyr command send room/hall CreateRoom \\
  --data '{"name":"The Hall"}'
ls && npx -y pnpm aethyr config show | sort
\`\`\`
and inline \`npx -y pnpm aethyr x\`
~~~~
npx -y pnpm aethyr actors list
~~~
npx -y pnpm aethyr events tail
~~~~
`;

test("the lines to be typed are found in code blocks of any kind, in order, with their place", () => {
  expect(documentedLines("page.md", page).map(({ line, text }) => `${line}: ${text}`)).toEqual([
    "5: npx -y pnpm start",
    "6: npx -y pnpm aethyr world stats   # what is there",
    "8: AETHYR_DATA=/tmp/x npx -y pnpm aethyr doctor",
    `9: npx -y pnpm aethyr command send room/hall CreateRoom --data '{"name":"The Hall"}'`,
    "11: ls && npx -y pnpm aethyr config show | sort",
    "15: npx -y pnpm aethyr actors list",
    "17: npx -y pnpm aethyr events tail",
  ]);
});

test.each([
  ["npx -y pnpm aethyr aggregate show TYPE/ID", "TYPE"],
  ["npx -y pnpm aethyr aggregate show <type/id>", "<type/id>"],
  ["npx -y pnpm aethyr world import PATH", "PATH"],
  ["npx -y pnpm aethyr …", "…"],
  ["npx -y pnpm aethyr world import ...", "..."],
  ['npx -y pnpm aethyr command send room/x CreateRoom --data \'{"name":"The ID ..."}\'', undefined],
  ["AETHYR_DATA=/tmp/x npx -y pnpm aethyr world import ../shared/world", undefined],
  ["npx -y pnpm aethyr world stats # see PATH", undefined],
])("in %j a reader has to fill in %j", (text, placeholder) => {
  expect(placeholderIn({ file: "page.md", line: 1, text })).toBe(placeholder);
});

const textOf = (text: string) => callOf({ file: "page.md", line: 1, text });

test("a line that is one program has the words that a shell would give it", () => {
  expect(textOf("npx -y pnpm aethyr world stats   # what is there")).toEqual({ env: {}, script: "aethyr", words: ["world", "stats"] });
  expect(textOf(`A=1 AETHYR_EVERY='*=2,room=5' npx -y pnpm start --data=/tmp/"a b"'c#' ''`)).toEqual({
    env: { A: "1", AETHYR_EVERY: "*=2,room=5" },
    script: "start",
    words: ["--data=/tmp/a bc#", ""],
  });
  expect(textOf("npx -y pnpm aethyr sql \"select 'x' where a > 1\"")?.words).toEqual(["sql", "select 'x' where a > 1"]);
});

test.each([
  "npx -y pnpm aethyr log checkpoint > /tmp/mine",
  "npx -y pnpm aethyr events tail | grep x",
  "rm -r /tmp/x; npx -y pnpm aethyr log checkpoint",
  "ls && npx -y pnpm aethyr config show",
  "npx -y pnpm aethyr world import ~/world",
  "npx -y pnpm aethyr world import *.ndjson",
  'npx -y pnpm aethyr sql "select $1"',
  "npx -y pnpm aethyr world import a\\ b",
  "npx -y pnpm aethyr sql 'not ended",
  "ls",
  "AETHYR_DATA=/tmp",
])("%j wants a shell", (text) => {
  expect(textOf(text)).toBeUndefined();
});
