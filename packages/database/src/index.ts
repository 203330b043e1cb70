export { appDatabaseUrl } from "./database-roles.ts";
export {
  checkMigrations,
  type MigrateInput,
  type MigrationCheck,
  type MigrationReport,
  migrateToLatest,
} from "./migrate.ts";
export { createDatabase, type Database, type DatabaseOptions } from "./database.ts";
export type * from "./directory.ts";
export { busy } from "./exclusive-work.ts";
export { createId } from "./ids.ts";
export type { Channel, Listener, ListenInput } from "./listen.ts";
export type { TenantTransaction, TenantTransactionOptions } from "./tenant-transaction.ts";
