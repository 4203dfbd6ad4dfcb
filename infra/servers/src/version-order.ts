/** Whether a version like `2.10.27` or `2.11.0-RC.1` comes before another. A preview comes before its release; two previews of one release are alike. */
export function isOlder(version: string, than: string): boolean {
  const order = release(version).localeCompare(release(than), "en", { numeric: true });
  return order < 0 || (order === 0 && isPreview(version) && !isPreview(than));
}

const release = (version: string): string => version.replace(/[-+].*/u, "");
const isPreview = (version: string): boolean => /^[\d.]+-/u.test(version);
