export * from "./api-key-repository.ts";
export { hashSecret, isWellFormedApiKey, type KeyEnvironment } from "./api-key-secret.ts";
export {
  type DecisionOutcome,
  type DecisionToRecord,
  recordDecision,
} from "./approval-decision-repository.ts";
export { approvalStandingsOf } from "./approval-standings.ts";
export type { ApprovalTask, RecordedDecision } from "./approval-task.ts";
export * from "./approval-task-repository.ts";
export * from "./catalog-repository.ts";
export * from "./checkout-session-repository.ts";
export * from "./connection-credentials-repository.ts";
export * from "./connection-repository.ts";
export { type ConnectionStanding, connectionStandings } from "./connection-standing.ts";
export { type ConnectionTokenStore, createConnectionTokenStore } from "./connection-token-store.ts";
export {
  type Customer,
  type CustomerToSave,
  findCustomer,
  findCustomers,
  listCustomers,
  saveCustomers,
} from "./customer-repository.ts";
export { createDatabase, type Database, type DatabaseOptions } from "./database.ts";
export { appDatabaseUrl } from "./database-roles.ts";
export { type DealReading, type DealToReceive, revisionHashOf } from "./deal-to-receive.ts";
export type * from "./directory.ts";
export {
  applySupersession,
  type EntitlementPage,
  entitlementPage,
  entitlementsOfCustomers,
  entitlementsOfOrder,
  type RightsChanges,
  rightsChangedSince,
  rightsHorizon,
} from "./entitlement-repository.ts";
export { busy } from "./exclusive-work.ts";
export * from "./grant-repository.ts";
export * from "./idempotency-repository.ts";
export { createId } from "./ids.ts";
export * from "./inbox-repository.ts";
export * from "./known-deals.ts";
export type { Channel, Listener, ListenInput } from "./listen.ts";
export {
  checkMigrations,
  compareMigrations,
  knownMigrations,
  type MigrateInput,
  type MigrationCheck,
  type MigrationReport,
  migrateToLatest,
} from "./migrate.ts";
export {
  type AppendOutcome,
  appendOrderEvents,
  type CommandOutcome,
  type EventsToAppend,
  lastPaymentOutcome,
  listOrderEvents,
  recordOrderCommand,
  type StoredOrderEvent,
} from "./order-event-repository.ts";
export * from "./order-intake-repository.ts";
export * from "./order-planning-repository.ts";
export * from "./order-recovery-repository.ts";
export * from "./order-repository.ts";
export type { OrderRevision } from "./order-revision.ts";
export * from "./outbox-repository.ts";
export { InvalidCursorError, type Page, type PageRequest, pageLimitMax } from "./page.ts";
export {
  findRemoteRecord,
  type RemoteRecord,
  recordRemoteState,
  remoteRecordsOfOrder,
  saveRemoteRecords,
} from "./remote-record-repository.ts";
export * from "./session-repository.ts";
export * from "./signing-key-repository.ts";
export type { StatusPlace } from "./status-list-repository.ts";
export type { OrderedBy, StoredOrder } from "./stored-order.ts";
export {
  type DueWriteBack,
  recordTellings,
  type Telling,
  writeBacksDue,
} from "./telling-repository.ts";
export * from "./tenant-repository.ts";
export type { TenantTransaction, TenantTransactionOptions } from "./tenant-transaction.ts";
export {
  findToken,
  issueToken,
  listTokens,
  lockTokensOf,
  revokeTokens,
  type SignedToken,
  type SignToken,
  type StoredToken,
} from "./token-repository.ts";
export * from "./usage-repository.ts";
export * from "./user-repository.ts";
export type { WriteBack } from "./write-back.ts";
