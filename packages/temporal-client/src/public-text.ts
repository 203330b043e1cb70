import { publicMark, publicTextLengthMax } from "@usher/workflows/contract";

const jsonStart = Buffer.from(`"${publicMark}`, "utf8");
// JSON spells a character in at most six bytes.
const bytesMax = (publicMark.length + publicTextLengthMax + 2) * 6;

/**
 * True for the JSON of a text that `publicText` made. Inputs, messages and results of workflows
 * and activities are objects, so that none of them can begin like this.
 */
export function isPublicTextJson(bytes: Uint8Array): boolean {
  return (
    bytes.byteLength <= bytesMax &&
    Buffer.from(bytes.subarray(0, jsonStart.byteLength)).equals(jsonStart)
  );
}
