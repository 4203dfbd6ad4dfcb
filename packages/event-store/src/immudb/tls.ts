import { credentials, type ChannelCredentials, type ClientOptions } from "@grpc/grpc-js";
import { z } from "zod";
import { InvalidRequestError } from "../errors.ts";

const pem = z.string().regex(/-----BEGIN /, "PEM text, not a path");

/** How the connection is encrypted; everything is PEM text. An empty object trusts the authorities that Node trusts. */
export const Tls = z
  .strictObject({
    /** Authorities that may have signed the server's certificate, in place of those that Node trusts. */
    ca: pem.optional(),
    /** Our own certificate and its key, for a server that asks for them. */
    certificate: pem.optional(),
    key: pem.optional(),
    /** The name that the server's certificate must be for; default: the host of the address. */
    serverName: z.string().min(1).optional(),
  })
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), "certificate and key belong together");
export type Tls = z.infer<typeof Tls>;

/** Throws `InvalidRequestError` for text that is no certificate or no key; it does not repeat the text. */
export function credentialsOf(tls: Tls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { ca, certificate, key } = tls;
  try {
    return credentials.createSsl(bytesOf(ca), bytesOf(key), bytesOf(certificate));
  } catch (cause) {
    throw new InvalidRequestError(
      `tls: the ca, the certificate or the key cannot be read (${cause instanceof Error ? cause.message : "unreadable"})`,
    );
  }
}

export const tlsOptions = (tls: Tls | undefined): ClientOptions =>
  tls?.serverName === undefined ? {} : { "grpc.ssl_target_name_override": tls.serverName };

const bytesOf = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
