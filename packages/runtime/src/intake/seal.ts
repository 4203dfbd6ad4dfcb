import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import { AethyrError, type KeyStore, type Sealed } from "@aethyr/kernel";

/** What was sealed cannot be opened: its subject's key was forgotten, or the text is damaged. */
class SealedError extends AethyrError {
  constructor(subject: string, why: string, options?: ErrorOptions) {
    super("sealed", `a value sealed for ${subject} cannot be opened: ${why}`, { subject }, options);
  }
}

const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM under the subject's key. The nonce is a keyed hash of the value (a synthetic IV): the same value gives the same text, which
 * tells equality and nothing else, and no nonce is ever used for two values.
 */
export async function seal(keys: KeyStore, subject: string, clear: string): Promise<Sealed> {
  const { encryption, nonces } = derive(await keys.obtain(subject));
  const nonce = createHmac("sha256", nonces).update(clear).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", encryption, nonce).setAAD(Buffer.from(subject));
  const sealed = Buffer.concat([nonce, cipher.update(clear, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `sealed:1:${subject}:${sealed.toString("base64url")}` as Sealed;
}

/** The clear value. Rejects with `SealedError` where the key was forgotten or the text was changed. */
export async function open(keys: KeyStore, sealed: Sealed): Promise<string> {
  const [, , subject = "", text = ""] = sealed.split(":");
  const key = await keys.find(subject);
  if (key === undefined) throw new SealedError(subject, "its key was forgotten");
  const bytes = Buffer.from(text, "base64url");
  try {
    const decipher = createDecipheriv("aes-256-gcm", derive(key).encryption, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(subject)).setAuthTag(bytes.subarray(-tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw new SealedError(subject, "the text is damaged", { cause });
  }
}

function derive(key: Uint8Array): { readonly encryption: Uint8Array; readonly nonces: Uint8Array } {
  const made = new Uint8Array(hkdfSync("sha256", key, new Uint8Array(), "aethyr sealed v1", 64));
  return { encryption: made.subarray(0, 32), nonces: made.subarray(32) };
}
