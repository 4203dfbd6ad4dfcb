import { pathOf, type RecordedEvent } from "@aethyr/kernel";
import type { Column } from "../output/table.ts";

const version: Column<RecordedEvent> = { title: "version", value: (event) => event.version, width: 7 };
const position: Column<RecordedEvent> = { title: "position", value: (event) => event.position, width: 10 };
const time: Column<RecordedEvent> = { title: "time", value: (event) => event.time, width: 24 };
const stream: Column<RecordedEvent> = { title: "aggregate", value: (event) => pathOf(event.stream), width: 24 };
const type: Column<RecordedEvent> = { title: "event", value: (event) => event.type, width: 20 };
const actor: Column<RecordedEvent> = { title: "by", value: ({ meta }) => meta.actor ?? "", width: 8 };
const data: Column<RecordedEvent> = { title: "data", value: (event) => JSON.stringify(event.data), most: 120, shrinks: true };
/** Enough of it to tell commands apart; JSON has the whole. */
const command: Column<RecordedEvent> = { title: "command", value: ({ meta }) => shortened(meta.command) };

const longest = 16;
const end = 8;
/** Ids made from the time, and those of an import, differ in their last characters. */
const shortened = (id: string): string => (id.length <= longest ? id : `…${id.slice(-end)}`);

/** Events of one aggregate. */
export const historyColumns: readonly Column<RecordedEvent>[] = [version, time, type, actor, data, command];
/** Events of the whole world. */
export const tailColumns: readonly Column<RecordedEvent>[] = [position, time, stream, version, type, actor, data];
