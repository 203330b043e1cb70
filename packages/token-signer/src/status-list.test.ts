import { createPublicKey } from "node:crypto";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { compactVerify } from "jose";
import { describe, expect, it } from "vitest";
import { createStatusBits, setRevoked, statusAt } from "./status-bits.ts";
import { packBits, statusListClaims, unpackBits } from "./status-list-claims.ts";
import { issuer, licenseFixture, listUri, noon, someClaims } from "./testing/license-fixture.ts";
import { verifyStatusList } from "./verify-status-list.ts";
import { verifyToken } from "./verify-token.ts";

const { key, signer, keys, expected } = licenseFixture();
const settings = { issuer, uri: listUri, now: noon, ttlSeconds: 60, lifeSeconds: 3600 };

function signed(bits: Uint8Array): string {
  return signer.signStatusList(statusListClaims({ ...settings, bits })).compact;
}

describe("status bits", () => {
  it("are those of the example in draft-ietf-oauth-status-list §4.1", () => {
    const revoked = [0, 3, 4, 5, 7, 8, 9, 13, 15];
    const bits = revoked.reduce<Uint8Array>(
      (list, index) => setRevoked({ bits: list, index }),
      createStatusBits(16),
    );
    expect([...bits]).toEqual([0xb9, 0xa3]);
    expect(unpackBits("eNrbuRgAAhcBXQ")).toEqual(Buffer.from(bits));
    expect(unpackBits(packBits(bits))).toEqual(Buffer.from(bits));
  });

  it("say revoked for exactly the tokens that were revoked", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(255)), (revoked) => {
        const bits = revoked.reduce<Uint8Array>(
          (list, index) => setRevoked({ bits: list, index }),
          createStatusBits(256),
        );
        const read = Array.from({ length: 256 }, (_, index) => statusAt({ bits, index }));
        expect(read.flatMap((status, index) => (status === "revoked" ? [index] : []))).toEqual(
          [...revoked].sort((one, other) => one - other),
        );
      }),
    );
  });

  it("revoking leaves the list it was given as it was", () => {
    const before = createStatusBits(8);
    setRevoked({ bits: before, index: 3 });
    expect([...before]).toEqual([0]);
  });

  it("an index outside the list is a mistake, never valid", () => {
    const bits = createStatusBits(8);
    for (const index of [-1, 8, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => statusAt({ bits, index })).toThrow(RangeError);
      expect(() => setRevoked({ bits, index })).toThrow(RangeError);
    }
  });
});

describe("a signed status list", () => {
  it("gives back the bits, the end and the ttl", () => {
    const bits = setRevoked({ bits: createStatusBits(64), index: 42 });
    const read = verifyStatusList({ compact: signed(bits), keys, issuer, uri: listUri, now: noon });
    expect(read).toEqual({
      ok: true,
      value: {
        uri: listUri,
        bits: Buffer.from(bits),
        issuedAt: noon,
        expiresAt: noon + 3_600_000,
        ttlSeconds: 60,
      },
    });
  });

  it("is believed by jose as well", async () => {
    const read = await compactVerify(signed(createStatusBits(8)), createPublicKey(key.privateKey));
    expect(read.protectedHeader).toEqual({ alg: "EdDSA", typ: "statuslist+jwt", kid: key.kid });
  });

  it("is refused past its end, at another address, and from another issuer", () => {
    const compact = signed(createStatusBits(8));
    const read = (changed: object) =>
      verifyStatusList({ compact, keys, issuer, uri: listUri, now: noon, ...changed });
    expect(read({ now: noon + 3_600_000 })).toEqual({ ok: false, reasons: ["expired"] });
    expect(read({ uri: `${listUri}x` })).toEqual({ ok: false, reasons: ["subject_mismatch"] });
    expect(read({ issuer: "https://other.example" })).toEqual({
      ok: false,
      reasons: ["unknown_key"],
    });
  });

  it("is never taken for a token, nor a token for it", () => {
    const list = signed(createStatusBits(8));
    const token = signer.signToken(someClaims()).compact;
    expect(verifyToken({ ...expected, compact: list, now: noon })).toEqual({
      ok: false,
      reasons: ["wrong_type"],
    });
    expect(verifyStatusList({ compact: token, keys, issuer, uri: listUri, now: noon })).toEqual({
      ok: false,
      reasons: ["wrong_type"],
    });
  });

  it("a list that would unpack to more than it may hold is refused", () => {
    const bomb = deflateSync(new Uint8Array(50_000_000)).toString("base64url");
    const claims = statusListClaims({ ...settings, bits: createStatusBits(8) });
    const { compact } = signer.signStatusList({ ...claims, status_list: { bits: 1, lst: bomb } });
    expect(verifyStatusList({ compact, keys, issuer, uri: listUri, now: noon })).toEqual({
      ok: false,
      reasons: ["claims_malformed"],
    });
  });
});
