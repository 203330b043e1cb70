export type { ProvidedPostgres, ProvidedTemporal } from "./provided-environment.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export { type TestTemporal, testTemporal, uniqueTaskQueue } from "./test-temporal.ts";
