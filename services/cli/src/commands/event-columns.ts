import { pathOf, type RecordedEvent } from "@aethyr/kernel";
import type { EventNote } from "@aethyr/operator";
import type { Column } from "../output/table.ts";

const version: Column<EventNote> = { title: "version", value: (event) => event.version, width: 7 };
const versionOfMany: Column<RecordedEvent> = { ...version, below: 3 };
const position: Column<RecordedEvent> = { title: "position", value: (event) => event.position, width: 10 };
/** To the second, and as before in UTC. */
export const shortTime = { of: (iso: string): string => iso.replace("T", " ").replace(/(?:\.\d+)?Z$/, ""), width: 19 } as const;
const time: Column<EventNote> = { title: "time", value: (event) => event.time, width: 24, short: shortTime };
const stream: Column<RecordedEvent> = { title: "aggregate", value: (event) => pathOf(event.stream), width: 24 };
const type: Column<EventNote> = { title: "event", value: (event) => event.type, width: 20 };
const actor: Column<EventNote> = { title: "by", value: ({ meta }) => meta.actor ?? "", width: 8, below: 5 };
const data: Column<RecordedEvent> = { title: "data", value: (event) => JSON.stringify(event.data), most: 120, shrinks: true, below: 1 };
const why: Column<EventNote> = { title: "why", value: ({ meta }) => meta.causation ?? "", most: 40, shrinks: true, below: 2 };
/** A command that began a story itself says nothing by naming it. */
const story: Column<EventNote> = {
  title: "story",
  value: ({ meta }) => (meta.correlation === meta.command ? "" : shortened(meta.correlation)),
  below: 3,
};
/** Enough of it to tell commands apart; JSON has the whole. */
const command: Column<EventNote> = { title: "command", value: ({ meta }) => shortened(meta.command), below: 4 };

const longest = 16;
const end = 8;
/** Ids made from the time, and those of an import, differ in their last characters. */
export const shortened = (id: string): string => (id.length <= longest ? id : `…${id.slice(-end)}`);

/** Events of one aggregate. */
export const historyColumns: readonly Column<RecordedEvent>[] = [version, time, type, actor, why, story, data, command];
/** The same of events without their data. */
export const noteColumns: readonly Column<EventNote>[] = [version, time, type, actor, why, story, command];
/** Events of the whole world. */
export const tailColumns: readonly Column<RecordedEvent>[] = [position, time, stream, versionOfMany, type, { ...actor, below: 2 }, data];
