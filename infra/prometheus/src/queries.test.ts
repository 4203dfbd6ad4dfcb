import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readQuery } from "./promql.fixture.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), "utf8");

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};
type Panel = { readonly id: number; readonly title: string; readonly targets: readonly { readonly expr: string }[] };
type Dashboard = { readonly uid: string; readonly title: string; readonly panels: readonly Panel[] };

const prometheus = parse(read("prometheus/prometheus.yml")) as {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly dns_sd_configs: readonly { readonly names: readonly string[] }[];
  }[];
};
const rules = (parse(read("prometheus/alerts.yml")) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboards = readdirSync(at("grafana/dashboards")).map((file) => JSON.parse(read(`grafana/dashboards/${file}`)) as Dashboard);

/** What the processes of a cluster really have: a test on a running one keeps the list. */
const existing = new Set(["up"]);
for (const line of read("prometheus/metrics.txt").trim().split("\n")) {
  const [, name = "", type] = line.split(" ");
  for (const end of type === "histogram" ? ["_bucket", "_sum", "_count"] : [""]) existing.add(name + end);
}
const jobs = new Set(prometheus.scrape_configs.map((job) => job.job_name));
const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) => panel.targets.map(({ expr }) => [`${title}, ${panel.title}`, expr] as const)),
  ),
];

describe("what Prometheus and Grafana ask", () => {
  test.each(queries)("%s: %s", (_, expr) => {
    const query = readQuery(expr);
    expect(query.metrics.length).toBeGreaterThan(0);
    expect(query.metrics.filter((name) => !existing.has(name))).toEqual([]);
    expect(query.jobs.filter((name) => !jobs.has(name))).toEqual([]);
  });

  test("all metrics that operators scale by are on a dashboard", () => {
    const shown = new Set(
      dashboards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => readQuery(expr).metrics))),
    );
    const ours = [...existing].filter((name) => name.startsWith("aethyr_") && !/_(bucket|sum|count)$/.test(name));
    expect(ours.filter((name) => !shown.has(name))).toEqual([]);
  });

  test("every alert says what is wrong, what to do, and whom it wakes", () => {
    for (const { alert, labels, annotations } of rules) {
      expect(["page", "ticket"], alert).toContain(labels["severity"]);
      expect(annotations["summary"], alert).toMatch(/\S/);
      expect(annotations["description"], alert).toMatch(/\.$/);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  test("dashboards and their panels are told apart", () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
    for (const { title, panels } of dashboards) expect(new Set(panels.map(({ id }) => id)).size, title).toBe(panels.length);
  });

  test("a query with a wrong name, a wrong job or a wrong form is found", () => {
    expect(readQuery('sum(rate(aethyr_x_total{job=~"a|b"}[1m])) / on (job) up').metrics).toEqual(["aethyr_x_total", "up"]);
    expect(readQuery('up{job=~"a|b"}').jobs).toEqual(["a", "b"]);
    expect(() => readQuery("sum(up")).toThrow(SyntaxError);
  });
});
