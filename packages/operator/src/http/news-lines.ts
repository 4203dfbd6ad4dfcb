import { answerOf } from "./answer-of.ts";

/** The news of a long work as NDJSON text. That it began is answered already: what breaks it off is its last line. */
export async function* newsLines(news: AsyncIterable<object>, failed: (error: unknown) => void): AsyncGenerator<string, void> {
  try {
    for await (const each of news) yield line(each);
  } catch (error) {
    const { status, answer } = answerOf(error);
    if (status >= 500) failed(error);
    yield line({ kind: "failure", status, failure: answer });
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** What an iterator gives of which the first was taken already. */
export async function* resumed<T>(first: IteratorResult<T, unknown>, rest: AsyncIterator<T>): AsyncGenerator<T, void> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
