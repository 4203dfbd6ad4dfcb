import { pino, type Logger } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config/schema.ts";

/** The log of a process, to standard error: standard output belongs to what was asked for. */
export function createLog({ level, format }: Config["log"], isTerminal = process.stderr.isTTY): Logger {
  const forPeople = format === "pretty" || (format === "auto" && isTerminal);
  const options = { level, redact: { paths: ["token", "*.token", "authorization", "*.authorization"], censor: "********" } };
  return forPeople
    ? pino(options, pretty({ destination: 2, sync: true, colorize: isTerminal, translateTime: "SYS:HH:MM:ss.l", ignore: "pid,hostname" }))
    : pino(options, pino.destination({ dest: 2, sync: true }));
}
