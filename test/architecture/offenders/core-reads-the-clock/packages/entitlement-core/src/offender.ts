export function offend(): number {
  return Date.now() + Math.random();
}

export function offendByConstructor(): Date {
  return new Date();
}
