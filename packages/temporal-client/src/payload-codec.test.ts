import { randomBytes } from "node:crypto";
import { defaultPayloadConverter } from "@temporalio/common";
import { publicText } from "@usher/workflows/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPayloadCodec } from "./payload-codec.ts";
import type { PayloadKeys } from "./payload-keys.ts";

const older = { id: "2026-10", secret: randomBytes(32) };
const newer = { id: "2026-11", secret: randomBytes(32) };

describe("createPayloadCodec", () => {
  it("gives every payload back as it was, byte for byte", async () => {
    const codec = createPayloadCodec([newer]);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const payload = defaultPayloadConverter.toPayload(value);
        const [decoded] = await codec.decode(await codec.encode([payload]));
        // Not the value: JSON itself keeps no sign of zero.
        for (const part of ["data", "metadata"] as const) {
          expect(bytesOf(decoded?.[part])).toEqual(bytesOf(payload[part]));
        }
      }),
    );
  });

  it("shows nothing of the value and the key's id beside it", async () => {
    const [stored] = await encode([newer], { orderId: "ord_secret" });
    expect(Buffer.from(stored?.data ?? []).includes("ord_secret")).toBe(false);
    expect(Buffer.from(stored?.metadata?.["encryption-key-id"] ?? []).toString()).toBe("2026-11");
  });

  it("encrypts one value differently each time", async () => {
    const [one] = await encode([newer], { same: true });
    const [other] = await encode([newer], { same: true });
    expect(one?.data).not.toEqual(other?.data);
  });

  it("reads what an older key wrote once a newer one stands in front", async () => {
    const stored = await encode([older], { orderId: "ord_1" });
    const [decoded] = await createPayloadCodec([newer, older]).decode(stored);
    expect(defaultPayloadConverter.fromPayload(decoded ?? {})).toEqual({ orderId: "ord_1" });
  });

  it("names the key it lacks", async () => {
    const stored = await encode([older], 1);
    await expect(createPayloadCodec([newer]).decode(stored)).rejects.toThrow('"2026-10"');
  });

  it("refuses a payload of which one bit was changed", async () => {
    const [stored] = await encode([newer], { amount: 1 });
    const data = Buffer.from(stored?.data ?? []);
    data[20] = (data[20] ?? 0) ^ 1;
    const tampered = [{ ...stored, data }];
    await expect(createPayloadCodec([newer]).decode(tampered)).rejects.toThrow();
  });

  it("leaves texts for Temporal's screens readable and no others", async () => {
    const [shown] = await encode([newer], publicText("Order · 2 lines"));
    expect(Buffer.from(shown?.data ?? []).toString()).toBe('"▸ Order · 2 lines"');
    const [hidden] = await encode([newer], { text: publicText("inside an object") });
    expect(Buffer.from(hidden?.data ?? []).includes("inside an object")).toBe(false);
  });
});

async function encode(keys: PayloadKeys, value: unknown) {
  return await createPayloadCodec(keys).encode([defaultPayloadConverter.toPayload(value)]);
}

/** Bytes, or a record of bytes, whichever class holds them. */
function bytesOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return Object.entries(value ?? {}).map(([name, one]) => [name, bytesOf(one)]);
}
