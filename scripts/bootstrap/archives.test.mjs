import { createHash } from "node:crypto";
import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { requireSha256 } from "./sha256.mjs";
import { untarEntry } from "./untar.mjs";
import { unzipEntry } from "./unzip.mjs";

const program = Buffer.from("a program ".repeat(500));

describe("unzipEntry", () => {
  it.each(["stored", "deflated"])("finds the wanted file among others, %s", (method) => {
    const archive = zip([
      { name: "other.txt", bytes: Buffer.from("other"), method },
      { name: "x.data/scripts/temporal", bytes: program, method },
    ]);
    expect(unzipEntry(archive, (name) => name.endsWith("/temporal"))).toEqual(program);
  });

  it("finds the directory behind a comment", () => {
    const archive = zip([{ name: "temporal", bytes: program, method: "deflated" }], "a comment");
    expect(unzipEntry(archive, (name) => name === "temporal")).toEqual(program);
  });

  it("says so when the file is not in there", () => {
    expect(() => unzipEntry(zip([]), () => true)).toThrow(/does not hold the file/);
  });

  it("refuses what is cut off or no archive at all", () => {
    const archive = zip([{ name: "temporal", bytes: program, method: "deflated" }]);
    expect(() => unzipEntry(archive.subarray(0, archive.length - 30), () => true)).toThrow(
      /damaged/,
    );
    expect(() => unzipEntry(Buffer.from("<html>no</html>"), () => true)).toThrow(/damaged/);
  });

  it("refuses an entry that unpacks to more than it says", () => {
    const archive = zip([{ name: "temporal", bytes: program, method: "deflated", size: 10 }]);
    expect(() => unzipEntry(archive, () => true)).toThrow(/larger than 10 bytes/);
  });
});

describe("untarEntry", () => {
  it("finds the wanted file behind others of any length", () => {
    const archive = gzipSync(
      tar([
        ["LICENSE", Buffer.alloc(700, 1)],
        ["temporal", program],
      ]),
    );
    expect(untarEntry(archive, (name) => name === "temporal")).toEqual(program);
  });

  it("says so when the file is not in there", () => {
    const archive = gzipSync(tar([["LICENSE", Buffer.from("x")]]));
    expect(() => untarEntry(archive, (name) => name === "temporal")).toThrow(
      /does not hold the file/,
    );
  });
});

describe("requireSha256", () => {
  it("accepts the pinned bytes and names both checksums of others", () => {
    const pinned = createHash("sha256").update(program).digest("hex");
    expect(() => requireSha256(program, pinned, "The program")).not.toThrow();
    const other = createHash("sha256").update("other").digest("hex");
    expect(() => requireSha256(Buffer.from("other"), pinned, "The program")).toThrow(
      `The program is not the pinned one: expected SHA-256 ${pinned}, got ${other}`,
    );
  });
});

/** A zip archive as APPNOTE.TXT describes it, written by hand so that the reader meets real bytes. */
function zip(entries, comment = "") {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const { name, bytes, method, size = bytes.length } of entries) {
    const packed = method === "stored" ? bytes : deflateRawSync(bytes);
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32LE(packed.length, 0);
    sizes.writeUInt32LE(size, 4);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(name.length, 26);
    head.writeUInt16LE(4, 28);
    const local = Buffer.concat([head, Buffer.from(name), Buffer.alloc(4), packed]);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method === "stored" ? 0 : 8, 10);
    sizes.copy(central, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    directory.push(central, Buffer.from(name));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}

function tar(files) {
  const parts = files.flatMap(([name, bytes]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(bytes.length.toString(8).padStart(11, "0"), 124);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
