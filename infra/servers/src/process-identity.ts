import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; says when this process started. Equal only for the same process. */
  readonly birth: string;
}

/** Identity of the running process `pid`; undefined when there is none, or only a dead one that nobody has reaped. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const birth = existsSync("/proc/self/stat") ? birthFromProc(pid) : await birthFromPs(pid);
  return birth === undefined ? undefined : { pid, birth };
}

/** True while exactly this process runs. */
export async function isSameProcessRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.birth === identity.birth;
}

function birthFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the command in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  const startTicks = fields[19];
  if (startTicks === undefined || state === "Z" || state === "X") return undefined;
  // Ticks count from the boot, so that another boot could repeat them.
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${startTicks}`;
}

/** For systems without /proc. */
export async function birthFromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
    });
    const [state, ...started] = stdout.trim().split(/\s+/u);
    return state === undefined || state === "" || state.startsWith("Z") ? undefined : started.join(" ");
  } catch {
    return undefined;
  }
}
