/** One thing that was looked at. */
export type Check = {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do; null where nothing has to be done. */
  readonly advice: string | null;
};

export const ok = (check: string, found: string): Check => ({ check, status: "ok", found, advice: null });
export const warn = (check: string, found: string, advice: string): Check => ({ check, status: "warn", found, advice });
export const fail = (check: string, found: string, advice: string): Check => ({ check, status: "fail", found, advice });

/** The check, or its failure if it cannot be made. What our errors say is also what to do. */
export async function examined(name: string, examine: () => Check | Promise<Check>): Promise<Check> {
  try {
    return await examine();
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "error";
    return fail(name, code, error instanceof Error ? error.message : String(error));
  }
}
