import type { Game, Listener, ListenerStats } from "@aethyr/gateway";
import { Counter, Gauge, type Registry } from "prom-client";
import { gauge } from "../metrics/gauge.ts";

export type GatewayParts = {
  readonly game: Pick<Game, "stats">;
  /** By what they speak, such as `telnet`. */
  readonly listeners: Readonly<Record<string, Pick<Listener, "stats">>>;
};

/** Who is connected, who plays, and what was turned away; read when the metrics are. */
export function watchGateway(registry: Registry, { game, listeners }: GatewayParts): void {
  const registers = [registry];
  const each = (tell: (protocol: string, stats: Readonly<ListenerStats>) => void): void =>
    Object.entries(listeners).forEach(([protocol, listener]) => tell(protocol, listener.stats()));
  /** The listeners count themselves, from their opening on: what they say is the whole count. */
  const counter = (name: string, help: string, read: (stats: Readonly<ListenerStats>) => number) =>
    new Counter({
      name,
      help,
      labelNames: ["protocol"],
      registers,
      collect() {
        this.reset();
        each((protocol, stats) => this.inc({ protocol }, read(stats)));
      },
    });

  new Gauge({
    name: "aethyr_gateway_connections",
    help: "Connections of players now, by protocol",
    labelNames: ["protocol"],
    registers,
    collect() {
      each((protocol, { open }) => this.set({ protocol }, open));
    },
  });
  gauge(registry, "aethyr_gateway_characters", "Characters in the game, with and without a connection", () => game.stats().characters);
  gauge(
    registry,
    "aethyr_gateway_characters_link_dead",
    "Characters whose connection is lost and who are waited for",
    () => game.stats().linkDead,
  );
  gauge(registry, "aethyr_gateway_view_position", "Position of the last event that the game has shown", () => game.stats().position);
  counter("aethyr_gateway_accepted_total", "Connections let in, by protocol", ({ accepted }) => accepted);
  counter("aethyr_gateway_refused_total", "Connections turned away, by protocol", ({ refused }) => refused);
  counter("aethyr_gateway_received_bytes_total", "Bytes from players, by protocol", ({ bytesIn }) => bytesIn);
  counter("aethyr_gateway_sent_bytes_total", "Bytes to players, by protocol", ({ bytesOut }) => bytesOut);
  counter(
    "aethyr_gateway_dropped_lines_total",
    "Lines that the game never saw, as too many or too long",
    ({ droppedLines }) => droppedLines,
  );
  counter(
    "aethyr_gateway_dropped_messages_total",
    "GMCP messages that the game never saw, as too many, too long or no JSON",
    ({ droppedMessages }) => droppedMessages,
  );
  new Counter({
    name: "aethyr_gateway_ended_total",
    help: "Connections that ended, by protocol and why: left, lost, closed, too_slow or flooded",
    labelNames: ["protocol", "why"],
    registers,
    collect() {
      this.reset();
      each((protocol, { ended }) => Object.entries(ended).forEach(([why, count]) => this.inc({ protocol, why }, count)));
    },
  });
}
