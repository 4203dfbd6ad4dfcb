export { cleanLine, cleanName } from "./clean-line.ts";
export { code, option, verbCodes, type Verb } from "./codes.ts";
export {
  createTelnet,
  defaultTelnetOptions,
  type Telnet,
  type TelnetHandlers,
  type TelnetOptions,
  type TelnetScreen,
} from "./create-telnet.ts";
export type { Encoding } from "./encoding.ts";
export { createGmcpClient, formatGmcp, parseGmcp, type GmcpClient, type GmcpMessage } from "./gmcp.ts";
export { createByteParser, type ParsedBytes } from "./parse-bytes.ts";
export type { GameStatus } from "./status.ts";
