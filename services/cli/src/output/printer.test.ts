import { expect, test } from "vitest";
import { createIo } from "../testing/test-io.ts";
import { createPrinter, type OutputFormat } from "./printer.ts";

type Item = { readonly name: string; readonly deep: { readonly n: number } };
const items: readonly Item[] = [
  { name: "a", deep: { n: 1 } },
  { name: "b", deep: { n: 2 } },
];
const columns = [{ title: "name", value: ({ name }: Item) => name }];

function printing(format: OutputFormat, terminal?: { readonly columns: number }, env = {}) {
  const io = createIo({ cwd: "/", env, ...(terminal === undefined ? {} : { terminal }) });
  return { print: createPrinter(io, format), text: io.stdout.text, notes: io.stderr.text };
}
async function* each(): AsyncGenerator<Item> {
  yield* items;
}
async function* nothing(): AsyncGenerator<Item> {
  // Nothing happens.
}

test("one thing: the whole value as JSON, what a person wants to see of it as a table", async () => {
  const written = await Promise.all(
    (["json", "ndjson", "table"] as const).map(async (format) => {
      const { print, text } = printing(format);
      await print.one(items[0], [
        ["name", "a"],
        ["number", 1],
        ["nothing", undefined],
      ]);
      return text();
    }),
  );
  expect(JSON.parse(written[0] ?? "")).toEqual(items[0]);
  expect(written[1]).toBe('{"name":"a","deep":{"n":1}}\n');
  expect(written[2]).toBe("name     a\nnumber   1\nnothing\n");
});

test("one thing is shown whole, in the lines that it has; on a terminal in as many as it takes", async () => {
  const rows = [
    ["name", "a"],
    ["text", "one two three four five six seven\neight"],
  ] as const;
  const narrow = printing("table", { columns: 30 });
  await narrow.print.one({}, rows);
  expect(narrow.text()).toBe("name  a\ntext  one two three four five\n      six seven\n      eight\n");
  const plain = printing("table");
  await plain.print.one({}, rows);
  expect(plain.text()).toBe("name  a\ntext  one two three four five six seven\n      eight\n");
  const nothingAtAll = printing("table");
  await nothingAtAll.print.one({}, []);
  expect(nothingAtAll.text()).toBe("");
});

test("records that are wider than the terminal are blocks of whole values; elsewhere, and as JSON, they are as any list", async () => {
  const wide = [
    { id: "one", text: "a text that is cut in a table, as it is long\nx", none: null },
    { id: "two", text: "short", none: 7 },
  ];
  const columns = (["id", "text", "none"] as const).map((title) => ({
    title,
    value: (item: (typeof wide)[number]) => item[title] ?? undefined,
    most: 20,
  }));
  const of = async (format: OutputFormat, terminal?: { readonly columns: number }): Promise<string> => {
    const { print, text } = printing(format, terminal, { NO_COLOR: "1" });
    await print.records(wide, columns);
    return text();
  };
  expect(await of("table", { columns: 28 })).toBe(
    "record 1 of 2\nid    one\ntext  a text that is cut in\n      a table, as it is long\n      x\nnone\n\nrecord 2 of 2\nid    two\ntext  short\nnone  7\n",
  );
  const table = "id   text                  none\none  a text that is cut …\ntwo  short                    7\n";
  expect(await of("table", { columns: 31 })).toBe(table);
  expect(await of("table")).toBe(table);
  for (const format of ["json", "ndjson"] as const) expect(await of(format, { columns: 28 })).toBe(await of(format));
});

test.each(["list", "stream"] as const)("a %s is an array in json, a value a line in ndjson, a heading and rows in a table", async (way) => {
  const written: string[] = [];
  for (const format of ["json", "ndjson", "table"] as const) {
    const { print, text } = printing(format);
    await (way === "list" ? print.list(items, columns) : print.stream(each(), columns));
    written.push(text());
  }
  expect(JSON.parse(written[0] ?? "")).toEqual(items);
  expect(
    written[1]
      ?.trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(items);
  expect(written[2]).toBe("name\na\nb\n");
});

test("nothing at all is still an array in json, and nothing else", async () => {
  const list = printing("json");
  await list.print.list([], columns);
  expect(JSON.parse(list.text())).toEqual([]);
  const stream = printing("json");
  await expect(stream.print.stream(nothing(), columns)).resolves.toBe(0);
  expect(JSON.parse(stream.text())).toEqual([]);
  for (const format of ["ndjson", "table"] as const) {
    const { print, text } = printing(format);
    await print.list([], columns);
    expect(text()).toBe("");
  }
});

test("headings are bold on a terminal, and nowhere else, and not with NO_COLOR", async () => {
  const bold = printing("table", { columns: 80 });
  await bold.print.list(items, columns);
  expect(bold.text()).toContain("\u001B[1mname\u001B[22m");
  for (const plain of [
    printing("table"),
    printing("table", { columns: 80 }, { NO_COLOR: "1" }),
    printing("table", { columns: 80 }, { TERM: "dumb" }),
  ]) {
    await plain.print.list(items, columns);
    expect(plain.text()).toBe("name\na\nb\n");
  }
});

test("lines are cut at the edge of the terminal, if it knows where that is", async () => {
  const narrow = printing("table", { columns: 3 }, { NO_COLOR: "1" });
  await narrow.print.list(items, columns);
  expect(narrow.text()).toBe("na…\na\nb\n");
  const unknown = printing("table", { columns: 0 }, { NO_COLOR: "1" });
  await unknown.print.list(items, columns);
  expect(unknown.text()).toBe("name\na\nb\n");
});
