import { parser } from "@prometheus-io/lezer-promql";

export type Query = {
  /** Metrics that it reads. */
  readonly metrics: readonly string[];
  /** Jobs that it names: `job="a"` and `job=~"a|b"`. */
  readonly jobs: readonly string[];
};

/** What a query of Prometheus reads. Throws a `SyntaxError` for one that is none. */
export function readQuery(text: string): Query {
  const metrics: string[] = [];
  const jobs: string[] = [];
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      const part = text.slice(from, to);
      if (type.isError) throw new SyntaxError(`no query, at ${from}: ${text}`);
      if (type.name === "Identifier" && node.parent?.name === "VectorSelector") metrics.push(part);
      const [, names] = /^job\s*=~?\s*"([^"]*)"$/.exec(part) ?? [];
      if (type.name === "UnquotedLabelMatcher" && names !== undefined) jobs.push(...names.split("|"));
    },
  });
  return { metrics, jobs };
}
