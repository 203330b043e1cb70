export function offend(): void {
  Promise.resolve(1);
}
