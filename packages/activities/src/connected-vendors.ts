import type {
  BillingConnector,
  ConnectorKind,
  CrmConnector,
  ErpConnector,
} from "@usher/connector-sdk/spec";

/** One connection of a tenant, ready for calls. */
export interface ConnectedVendor {
  readonly connectionId: string;
  /** The connector's id, such as `salesforce`. */
  readonly vendor: string;
  readonly crm: CrmConnector | null;
  readonly billing: BillingConnector | null;
  /** Left out by a connection that is no ERP. */
  readonly erp?: ErpConnector | null;
}

/** The tenant's connections. Instances are kept between calls and replaced when a connection changes. */
export interface ConnectedVendors {
  /** In a stable order; empty when the tenant has none of the kind. */
  ofKind(input: {
    readonly tenantId: string;
    readonly kind: ConnectorKind;
  }): Promise<readonly ConnectedVendor[]>;
  byId(input: {
    readonly tenantId: string;
    readonly connectionId: string;
  }): Promise<ConnectedVendor | null>;
}
