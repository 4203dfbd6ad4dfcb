import { connect, type IncomingHttpHeaders } from "node:http2";
import { join } from "node:path";
import { loopbackHost } from "./free-port.ts";
import type { LaunchPlan } from "./launch.ts";
import type { Environment } from "./server-release.ts";

const probeTimeoutMs = 2_000;
const healthPath = "/immudb.schema.ImmuService/Health";
/** An empty message: not compressed, no bytes. */
const emptyGrpcMessage = Buffer.alloc(5);

export interface ImmudbPlanOptions {
  readonly binary: string;
  /** Absolute path; the databases go to `data` below it. */
  readonly dir: string;
  readonly port: number;
  readonly adminPassword: string;
  readonly args: readonly string[];
  readonly env: Environment;
}

/** How immudb is run: gRPC alone, with authentication. */
export function immudbPlan({ binary, dir, port, adminPassword, args, env }: ImmudbPlanOptions): LaunchPlan {
  const immudbArgs = ["--dir", join(dir, "data"), "--address", loopbackHost, "--port", String(port), "--auth=true"];
  immudbArgs.push("--pgsql-server=false", "--web-server=false", "--metrics-server=false", "--logfile", "");
  // Settings meant for our own clients share the prefix; the server would take them for its own.
  const serverEnv = Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith("IMMUDB_")));
  return {
    command: {
      binary,
      args: [...immudbArgs, ...args],
      cwd: dir,
      // The password goes by the environment: everybody on the machine can read arguments.
      env: { ...serverEnv, IMMUDB_ADMIN_PASSWORD: adminPassword, LOG_LEVEL: "info" },
    },
    // Its own words first: another immudb may hold the port while ours is still on its way to find that out.
    // Over TLS its words must do: to ask it would take certificates that it trusts.
    isReady: async (output) => output.includes("sessions guard started") && (args.includes("--certificate") || (await answersHealth(port))),
  };
}

/** True when a gRPC server on this port answers Health, which needs no session. */
function answersHealth(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${loopbackHost}:${port}`);
    const finish = (answered: boolean): void => {
      session.destroy();
      resolve(answered);
    };
    session.setTimeout(probeTimeoutMs, () => finish(false));
    session.on("error", () => finish(false));
    session.on("close", () => finish(false));
    const request = session.request({
      ":method": "POST",
      ":path": healthPath,
      "content-type": "application/grpc",
      te: "trailers",
    });
    request.on("error", () => finish(false));
    request.on("trailers", (trailers: IncomingHttpHeaders) => finish(trailers["grpc-status"] === "0"));
    request.resume();
    request.end(emptyGrpcMessage);
  });
}
