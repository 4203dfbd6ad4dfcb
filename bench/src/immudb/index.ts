export { createAppender } from "./appender.ts";
export { serverText, type BareImmudb } from "./bare-client.ts";
export { administrator, startImmudbServer, type ImmudbServer } from "./immudb-server.ts";
export { bytesField, encodeFields, numberField, readFields, textField } from "./wire.ts";
