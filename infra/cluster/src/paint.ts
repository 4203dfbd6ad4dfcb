import { styleText } from "node:util";
import type { LogLine } from "./service-process.ts";

const colours = [
  "cyan",
  "magenta",
  "yellow",
  "green",
  "blue",
  "cyanBright",
  "magentaBright",
  "yellowBright",
  "greenBright",
  "blueBright",
] as const;
/** Fields that every line has, and that say nothing to who looks at many services at once. */
const everyLine: ReadonlySet<string> = new Set(["level", "time", "pid", "hostname", "msg", "name"]);
const warning = 40;
const error = 50;

/** Writes the logs of many services as one, a colour for each. */
export function createPainter(write: (text: string) => void): (name: string, line: LogLine) => void {
  const seen = new Map<string, (typeof colours)[number]>();
  return (name, line) => {
    const colour = seen.get(name) ?? colours[seen.size % colours.length] ?? "cyan";
    seen.set(name, colour);
    const level = Number(line["level"] ?? 30);
    const fields = Object.entries(line).flatMap(([key, value]) => (everyLine.has(key) ? [] : [`${key}=${shown(value)}`]));
    const text = [String(line["msg"]), ...fields].join(" ");
    const marked = level >= error ? styleText("red", text) : level >= warning ? styleText("yellow", text) : text;
    write(`${styleText(colour, name.padEnd(12))} ${marked}\n`);
  };
}

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null && "message" in value) return JSON.stringify(value.message);
  return typeof value === "string" && !/\s/.test(value) ? value : JSON.stringify(value);
}
