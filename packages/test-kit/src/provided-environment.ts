/** What the start-up of a test run hands to the test files; undefined where a project starts none. */
declare module "vitest" {
  export interface ProvidedContext {
    readonly "usher.postgres": ProvidedPostgres | undefined;
    readonly "usher.temporal": ProvidedTemporal | undefined;
  }
}

export interface ProvidedPostgres {
  /** Superuser URL of the maintenance database; test files use {@link createTestDatabase}. */
  readonly serverUrl: string;
  /** The migrated database that every test database is a copy of. */
  readonly template: string;
}

export interface ProvidedTemporal {
  /** `host:port` of the gRPC service. */
  readonly address: string;
  readonly namespace: string;
}
