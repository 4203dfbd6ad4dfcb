import type { IncomingMessage } from "node:http";
import type { FrameSubprotocol } from "./frame-protocol.ts";

/** What a WebSocket may speak here. */
export type Subprotocol = FrameSubprotocol | "telnet.mudstandards.org";

const spoken: ReadonlySet<string> = new Set([
  "gmcp.mudstandards.org",
  "json.mudstandards.org",
  "terminal.mudstandards.org",
  "telnet.mudstandards.org",
] satisfies Subprotocol[]);

/** Web pages that may connect, by origin such as `https://play.example`; programs that are no browser name none and always may. */
export type AllowedOrigins = "any" | readonly string[];

/** The client's first choice that is spoken here. */
export function choose(offered: Iterable<string>): Exclude<Subprotocol, "plain"> | undefined {
  for (const name of offered) if (spoken.has(name)) return name as Exclude<Subprotocol, "plain">;
  return undefined;
}

/** Why a request to become a WebSocket is turned down before it is one, as a status and a text; undefined where it is not. */
export function refusal(
  request: IncomingMessage,
  origins: AllowedOrigins,
): { readonly status: number; readonly reason: string } | undefined {
  const { origin, "sec-websocket-protocol": protocols } = request.headers;
  if (origins !== "any" && origin !== undefined && !origins.includes(origin)) {
    return { status: 403, reason: "pages of this origin may not connect here" };
  }
  if (protocols !== undefined && choose(protocols.split(",").map((name) => name.trim())) === undefined) {
    return { status: 400, reason: `none of the subprotocols is spoken here; these are: ${[...spoken].join(", ")}, or none at all` };
  }
  return undefined;
}

/** The last address that a proxy in front of this one saw; undefined where there is none. */
export function forwardedFor(request: IncomingMessage): string | undefined {
  const header = request.headers["x-forwarded-for"];
  const addresses = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
  const last = addresses.at(-1)?.trim();
  return last === "" ? undefined : last;
}
