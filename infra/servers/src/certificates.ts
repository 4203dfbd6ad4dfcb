import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** A certificate and its key, as PEM text. */
export type Issued = { readonly certificate: string; readonly key: string };
export type Authority = Issued & { issue(name: string): Issued };

// Node can read certificates but not make them. So here is as much of X.509 (RFC 5280) as a test needs, in DER.

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const text = (value: string): Buffer => der(0x0c, Buffer.from(value));
const yes = der(0x01, Buffer.of(0xff));

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const nameOf = (common: string): Buffer => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), text(common))));
const utcTime = (date: Date): Buffer => der(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)}Z`));
const extension = (id: readonly number[], critical: boolean, value: Uint8Array): Buffer =>
  sequence(oid(...id), ...(critical ? [yes] : []), der(0x04, value));

const dayMs = 86_400_000;

function certificate(subject: string, subjectKey: KeyObject, issuer: string, issuerKey: KeyObject, isAuthority: boolean): string {
  const now = Date.now();
  const alternatives = sequence(der(0x82, Buffer.from(subject)), der(0x87, Buffer.of(127, 0, 0, 1)));
  const extensions = isAuthority
    ? [extension([0x55, 0x1d, 0x13], true, sequence(yes))]
    : [extension([0x55, 0x1d, 0x11], false, alternatives)];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(utcTime(new Date(now - dayMs)), utcTime(new Date(now + dayMs))),
    nameOf(subject),
    subjectKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuerKey);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.of(0), signature));
  return `-----BEGIN CERTIFICATE-----\n${(whole.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
}

const keys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

/** An authority of its own, whose certificates are for a name and for 127.0.0.1. */
export function createAuthority(name: string): Authority {
  const own = keys();
  return {
    certificate: certificate(name, own.publicKey, name, own.privateKey, true),
    key: pemOf(own.privateKey),
    issue: (subject) => {
      const issued = keys();
      return { certificate: certificate(subject, issued.publicKey, name, own.privateKey, false), key: pemOf(issued.privateKey) };
    },
  };
}
