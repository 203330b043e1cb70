/** Waits for something that another turn of the loop makes true, at most five seconds. */
export async function waitUntil(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 5_000;
  while (!isTrue() && performance.now() < endMs) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
