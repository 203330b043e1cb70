import { describe, expect, it } from "vitest";
import { createSharedSession } from "./shared-session.ts";

const log = () => undefined;

/** Sessions that are numbered as they are opened; `fail` refuses the next. */
function sessions(isGood?: (session: { readonly id: number }) => boolean) {
  const vendor = { opened: 0, fail: false };
  const shared = createSharedSession({
    async open() {
      if (vendor.fail) throw new Error("the token server is away");
      vendor.opened += 1;
      return { id: vendor.opened };
    },
    ...(isGood === undefined ? {} : { isGood }),
  });
  return { vendor, shared };
}

describe("a shared session", () => {
  it("is asked for once by any number of calls, and kept", async () => {
    const { vendor, shared } = sessions();
    const got = await Promise.all(Array.from({ length: 20 }, () => shared.current(log)));
    expect(new Set(got).size).toBe(1);
    expect(await shared.current(log)).toBe(got[0]);
    expect(vendor.opened).toBe(1);
  });

  it("that was refused is renewed once, and whoever was refused later takes the new one", async () => {
    const { vendor, shared } = sessions();
    const first = await shared.current(log);
    const renewed = await Promise.all(Array.from({ length: 20 }, () => shared.renewed(first, log)));
    expect(new Set(renewed.map(({ id }) => id))).toEqual(new Set([2]));
    expect((await shared.renewed(first, log)).id).toBe(2);
    expect(vendor.opened).toBe(2);
  });

  it("that was refused is not handed out again when none follows it", async () => {
    const { vendor, shared } = sessions();
    const first = await shared.current(log);
    vendor.fail = true;
    await expect(shared.renewed(first, log)).rejects.toThrow("away");
    await expect(shared.current(log)).rejects.toThrow("away");
    vendor.fail = false;
    expect((await shared.current(log)).id).toBe(2);
  });

  it("is given up once it is no good, and released to whoever ends it", async () => {
    let goodFrom = 1;
    const { shared } = sessions(({ id }) => id >= goodFrom);
    expect((await shared.current(log)).id).toBe(1);
    goodFrom = 2;
    expect((await shared.current(log)).id).toBe(2);
    expect(shared.release()).toEqual({ id: 2 });
    expect(shared.release()).toBeNull();
  });
});
