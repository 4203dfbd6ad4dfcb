import { cleanName } from "./clean-line.ts";

/** One message of GMCP: a package name such as `Room.Info`, and what its JSON says; undefined where there is none. */
export type GmcpMessage<Data = unknown> = { readonly package: string; readonly data: Data };

const packageName = /^[A-Za-z][\w-]*(?:\.[\w-]+)*$/u;
const maxNameLength = 100;
const maxModules = 200;

/** Reads `Package.Name json`; undefined where it is none. */
export function parseGmcp(text: string): GmcpMessage | undefined {
  const [, name = "", json = ""] = /^\s*(\S+)\s*(.*)$/su.exec(text) ?? [];
  if (name.length > maxNameLength || !packageName.test(name)) return undefined;
  if (json.trim() === "") return { package: name, data: undefined };
  try {
    return { package: name, data: JSON.parse(json) as unknown };
  } catch {
    // Not JSON: not a message.
    return undefined;
  }
}

/** Writes `Package.Name json`. */
export function formatGmcp(name: string, data: unknown): string {
  return data === undefined ? name : `${name} ${JSON.stringify(data)}`;
}

/** What one client has said of itself over GMCP: its name, and the modules it understands. */
export type GmcpClient = {
  /**
   * Takes the messages of `Core` that are about the connection itself. True where it was one of them; `answer` is given what is to be said back.
   */
  receive(message: GmcpMessage, answer: (name: string, data: unknown) => void): boolean;
  /** As `Core.Hello` has it, such as `Mudlet`. */
  name(): string | undefined;
  /**
   * Whether it wants messages of this package: when it named the package or one above it (`Room` for `Room.Info`). A client that never named
   * any gets all.
   */
  wants(name: string): boolean;
};

export function createGmcpClient(): GmcpClient {
  let client: string | undefined;
  let modules: Set<string> | undefined;

  return {
    receive({ package: name, data }, answer) {
      switch (name.toLowerCase()) {
        case "core.hello":
          if (typeof data === "object" && data !== null && "client" in data && typeof data.client === "string")
            client = cleanName(data.client);
          return true;
        case "core.supports.set":
          modules = new Set(modulesOf(data));
          return true;
        case "core.supports.add":
          modules = new Set([...(modules ?? []), ...modulesOf(data)].slice(0, maxModules));
          return true;
        case "core.supports.remove": {
          const gone = new Set(modulesOf(data));
          modules = new Set([...(modules ?? [])].filter((module) => !gone.has(module)));
          return true;
        }
        case "core.ping":
          answer("Core.Ping", undefined);
          return true;
        case "core.keepalive":
          return true;
        default:
          return false;
      }
    },
    name: () => client,
    wants(name) {
      if (modules === undefined || name.startsWith("Core.")) return true;
      const parts = name.toLowerCase().split(".");
      return parts.some((_, index) => modules?.has(parts.slice(0, index + 1).join(".")) === true);
    },
  };
}

/** Names of modules in lower case, without their versions: `["Room 1"]` is `room`. A version of 0 means no. */
function modulesOf(data: unknown): readonly string[] {
  if (!Array.isArray(data)) return [];
  return data.slice(0, maxModules).flatMap((entry: unknown) => {
    if (typeof entry !== "string" || entry.length > maxNameLength) return [];
    const [name = "", version] = entry.toLowerCase().trim().split(/\s+/u);
    return name === "" || version === "0" ? [] : [name];
  });
}
