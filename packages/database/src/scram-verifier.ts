import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const iterations = 4096;

/**
 * What PostgreSQL stores for a password (SCRAM-SHA-256, RFC 5803), so that the password itself
 * never travels in a statement, where a server log could keep it.
 *
 * @throws Error when the password is not 8 to 200 printable ASCII characters: others would need
 * SASLprep (RFC 4013), and the server's result could differ.
 */
export function scramVerifier(password: string): string {
  if (!/^[\x20-\x7e]{8,200}$/.test(password)) {
    throw new Error(
      "The app role's password must be 8 to 200 printable ASCII characters; the one given is not.",
    );
  }
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const storedKey = createHash("sha256").update(hmac(salted, "Client Key")).digest("base64");
  const serverKey = hmac(salted, "Server Key").toString("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
