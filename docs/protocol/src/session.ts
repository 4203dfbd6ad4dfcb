/** A line of the session in the page: a request with the `nats` command line, and what is said to come back. */
export type Exchange = {
  readonly subject: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer, then what comes to the subject in `Cmd-Reply`. */
  readonly answers: readonly unknown[];
};

const block = /^```(sh|json)\n(.*?)\n```$/gms;
const request = /^nats request ((?:-H '[^']+' )*)('?)(\S+?)\2 '(.*)'$/;

/** The exchanges that a page shows: each `nats request` in a shell block, with the JSON blocks after it. Throws for one that cannot be read. */
export function exchangesIn(page: string): readonly Exchange[] {
  const exchanges: (Omit<Exchange, "answers"> & { readonly answers: unknown[] })[] = [];
  let isSession = false;
  for (const [, kind, content = ""] of page.matchAll(block)) {
    const line = content.split("\n").find((text) => text.startsWith("nats request"));
    if (kind === "json" && isSession) exchanges.at(-1)?.answers.push(JSON.parse(content));
    if (kind === "sh") isSession = line !== undefined;
    if (kind === "sh" && line !== undefined) exchanges.push({ ...requestIn(line), answers: [] });
  }
  return exchanges;
}

function requestIn(line: string): Omit<Exchange, "answers"> {
  const [, options = "", , subject, body] = request.exec(line) ?? [];
  if (subject === undefined || body === undefined) throw new SyntaxError(`this request cannot be replayed: ${line}`);
  const headers = Object.fromEntries([...options.matchAll(/'([^:']+):([^']*)'/g)].map(([, name = "", value = ""]) => [name, value]));
  return { subject, body, headers };
}
